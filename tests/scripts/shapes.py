"""A typer script."""

import enum
from typing import Annotated

import typer
from quick import train


class Activation(enum.StrEnum):
    relu = "relu"
    gelu = "gelu"
    tanh = "tanh"


def main(
    lr: Annotated[float, typer.Option(help="Learning rate.")] = 1e-3,
    activation: Activation = Activation.relu,
    hidden_dim: int = 128,
    num_layers: int = 3,
    dropout: Annotated[float, typer.Option(min=0, max=1)] = 0.0,
    label_smoothing: float = 0.0,
    batch_size: Annotated[int, typer.Option("--batch-size", "-b")] = 64,
    augment: bool = False,
    epochs: int = 5,
    seed: int = 0,
    out_dir: str = "results",
):
    """Train on shapes."""
    train(epochs, seed, lr)


if __name__ == "__main__":
    typer.run(main)
