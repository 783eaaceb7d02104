"""Options as PyTorch's ImageNet example has them: most defaults are not in the help."""

import argparse

from quick import train

MODELS = ["alexnet", "resnet18", "resnet34", "resnet50", "vgg16"]

parser = argparse.ArgumentParser(description="Train a classifier on folders of images.")
parser.add_argument("data", metavar="DIR", nargs="?", default="imagenet",
                    help="folder of the images (default: imagenet)")  # fmt: skip
parser.add_argument("-a", "--arch", metavar="ARCH", default="resnet18", choices=MODELS,
                    help="model: " + " | ".join(MODELS) + " (default: resnet18)")  # fmt: skip
parser.add_argument("-j", "--workers", default=4, type=int, metavar="N", help="(default: 4)")
parser.add_argument("--epochs", default=90, type=int, metavar="N", help="epochs to train")
parser.add_argument("--start-epoch", default=0, type=int, metavar="N", help="after a restart")
parser.add_argument("-b", "--batch-size", default=256, type=int, metavar="N",
                    help="images a step (default: 256), of all GPUs together")  # fmt: skip
parser.add_argument("--lr", "--learning-rate", default=0.1, type=float, metavar="LR", dest="lr",
                    help="initial learning rate")  # fmt: skip
parser.add_argument("--momentum", default=0.9, type=float, metavar="M", help="momentum")
parser.add_argument("--wd", "--weight-decay", default=1e-4, type=float, metavar="W",
                    dest="weight_decay", help="weight decay (default: 1e-4)")  # fmt: skip
parser.add_argument("-p", "--print-freq", default=10, type=int, metavar="N", help="(default: 10)")
parser.add_argument("--resume", default="", metavar="PATH", help="to go on from (default: none)")
parser.add_argument("-e", "--evaluate", action="store_true", help="only validate")
parser.add_argument("--pretrained", action="store_true", help="begin with known weights")
parser.add_argument("--world-size", default=-1, type=int, help="nodes")
parser.add_argument("--dist-url", default="tcp://127.0.0.1:23456", type=str, help="where they meet")
parser.add_argument("--seed", default=None, type=int, help="seed for initializing training. ")
parser.add_argument("--gpu", default=None, type=int, help="GPU id to use.")
parser.add_argument("--dummy", action="store_true", help="use fake data to benchmark")

if __name__ == "__main__":
    args = parser.parse_args()
    train(args.epochs, args.seed, args.lr)
