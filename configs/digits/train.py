"""Train a small neural network on scikit-learn's 8x8 digits.

An ordinary training script: it reads its hyperparameters from the command line, prints the
metrics of every epoch as a line of JSON, and saves a checkpoint after every epoch.

    python train.py --optimizer adam --learning_rate 1e-3 --epochs 20 --out /tmp/digits
"""

import argparse
import itertools
import json
import os
import pickle
import sys

import numpy as np
from sklearn.datasets import load_digits

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("--optimizer", choices=["sgd", "adam"], default="adam")
parser.add_argument("--learning_rate", type=float, default=1e-3)
parser.add_argument("--momentum", type=float, default=0.9, help="sgd only")
parser.add_argument("--beta1", type=float, default=0.9, help="adam only")
parser.add_argument("--beta2", type=float, default=0.999, help="adam only")
parser.add_argument("--epsilon", type=float, default=1e-8, help="adam only")
parser.add_argument("--weight_decay", type=float, default=1e-4)
parser.add_argument("--hidden", type=int, default=64)
parser.add_argument("--batch_size", type=int, default=32)
parser.add_argument("--epochs", type=int, default=20)
parser.add_argument("--seed", type=int, default=0)
parser.add_argument("--out", default="")
args = parser.parse_args()

# The split is always the same: the seed decides the initial weights and the order of the batches.
digits = load_digits()
order = np.random.default_rng(0).permutation(len(digits.target))
images, labels = digits.data[order] / 16.0 - 0.3, digits.target[order]
x_val, y_val, x_train, y_train = images[:600], labels[:600], images[600:], labels[600:]

rng = np.random.default_rng(args.seed)
sizes = [64, args.hidden, args.hidden, 10]
weights = [rng.normal(0, np.sqrt(2 / m), (m, n)) for m, n in itertools.pairwise(sizes)]
params = weights + [np.zeros(n) for n in sizes[1:]]
first = [np.zeros_like(p) for p in params]
second = [np.zeros_like(p) for p in params]
steps = 0


def forward(x):
    """Activations of every layer; the last ones are log-probabilities."""
    activations = [x]
    for layer in range(3):
        x = activations[-1] @ params[layer] + params[3 + layer]
        activations.append(np.maximum(x, 0) if layer < 2 else x)
    logits = activations[-1] - activations[-1].max(axis=1, keepdims=True)
    activations[-1] = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    return activations


def gradients(x, y):
    """Gradients of the cross-entropy with respect to `params`."""
    activations = forward(x)
    delta = np.exp(activations[-1])
    delta[np.arange(len(y)), y] -= 1
    delta /= len(y)
    grads = [None] * 6
    for layer in (2, 1, 0):
        grads[layer] = activations[layer].T @ delta + args.weight_decay * params[layer]
        grads[3 + layer] = delta.sum(axis=0)
        if layer:
            delta = (delta @ params[layer].T) * (activations[layer] > 0)
    return grads


def update(grads):
    """One step of the optimizer."""
    global steps
    steps += 1
    for i, grad in enumerate(grads):
        if args.optimizer == "sgd":
            first[i] = args.momentum * first[i] + grad
            params[i] -= args.learning_rate * first[i]
        else:
            first[i] = args.beta1 * first[i] + (1 - args.beta1) * grad
            second[i] = args.beta2 * second[i] + (1 - args.beta2) * grad**2
            m = first[i] / (1 - args.beta1**steps)
            v = second[i] / (1 - args.beta2**steps)
            params[i] -= args.learning_rate * m / (np.sqrt(v) + args.epsilon)


def evaluate(x, y):
    """Cross-entropy and error rate."""
    log_probabilities = forward(x)[-1]
    loss = -log_probabilities[np.arange(len(y)), y].mean()
    return float(loss), float((log_probabilities.argmax(axis=1) != y).mean())


np.seterr(all="ignore")
for epoch in range(1, args.epochs + 1):
    shuffled = rng.permutation(len(y_train))
    for start in range(0, len(shuffled), args.batch_size):
        batch = shuffled[start : start + args.batch_size]
        update(gradients(x_train[batch], y_train[batch]))
    train_loss, train_error = evaluate(x_train, y_train)
    val_loss, val_error = evaluate(x_val, y_val)
    metrics = {"epoch": epoch, "train_loss": train_loss, "train_error": train_error}
    print(json.dumps({**metrics, "val_loss": val_loss, "val_error": val_error}))
    if not np.isfinite(train_loss):
        sys.exit("the loss is no longer finite")
    if args.out:
        os.makedirs(args.out, exist_ok=True)
        with open(os.path.join(args.out, f"epoch_{epoch:03d}.pkl"), "wb") as file:
            pickle.dump(params, file)
