"""What the scripts of this folder do instead of training: print an epoch a line."""

import json


def train(epochs, seed, rate):
    for epoch in range(1, epochs + 1):
        error = 1 / epoch + (seed or 0) % 7 / 100 + rate / 1000
        print(json.dumps({"epoch": epoch, "val_error": error}), flush=True)
