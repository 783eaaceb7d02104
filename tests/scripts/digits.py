"""Options as PyTorch's MNIST example has them."""

import argparse

from quick import train

parser = argparse.ArgumentParser(description="Digits")
parser.add_argument("--batch-size", type=int, default=64, metavar="N",
                    help="input batch size for training (default: 64)")  # fmt: skip
parser.add_argument("--test-batch-size", type=int, default=1000, metavar="N",
                    help="input batch size for testing (default: 1000)")  # fmt: skip
parser.add_argument("--epochs", type=int, default=14, metavar="N",
                    help="number of epochs to train (default: 14)")  # fmt: skip
parser.add_argument("--lr", type=float, default=1.0, metavar="LR",
                    help="learning rate (default: 1.0)")  # fmt: skip
parser.add_argument("--gamma", type=float, default=0.7, metavar="M",
                    help="Learning rate step gamma (default: 0.7)")  # fmt: skip
parser.add_argument("--no-accel", action="store_true", help="disables accelerator")
parser.add_argument("--dry-run", action="store_true", help="quickly check a single pass")
parser.add_argument("--seed", type=int, default=1, metavar="S", help="random seed (default: 1)")
parser.add_argument("--log-interval", type=int, default=10, metavar="N",
                    help="how many batches to wait before logging training status")  # fmt: skip
parser.add_argument("--save-model", action="store_true", help="For Saving the current Model")

if __name__ == "__main__":
    args = parser.parse_args()
    train(args.epochs, args.seed, args.lr)
