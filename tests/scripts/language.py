"""A click script, as one finds them: choices, ranges, a pair of flags, wrapped descriptions."""

import click
from quick import train


@click.command()
@click.argument("corpus")
@click.option("--optimizer", type=click.Choice(["sgd", "adamw", "lion", "adamw-8bit"]),
              default="adamw", show_default=True)  # fmt: skip
@click.option("-l", "--learning-rate", type=float, default=3e-4, show_default=True,
              help="Peak learning rate.")  # fmt: skip
@click.option("--momentum", type=float, default=0.9, show_default=True, help="For SGD.")
@click.option("--betas", nargs=2, type=float, default=(0.9, 0.95), show_default=True)
@click.option("--weight-decay", type=click.FloatRange(0, 1), default=0.1, show_default=True)
@click.option("--dropout", type=click.FloatRange(0, 1), default=0.1, show_default=True,
              help="Probability that a unit is left out of a step of training, alike in every "
                   "layer of the network and in the attention.")  # fmt: skip
@click.option("--clip", type=float, default=1.0, show_default=True)
@click.option("--amp/--no-amp", default=False, show_default=True)
@click.option("--batch-size", type=int, default=32)
@click.option("--max-epochs", type=int, default=10, show_default=True)
@click.option("--random-seed", type=int, default=0)
@click.option("--output-dir", type=click.Path(), required=True)
def main(max_epochs, random_seed, learning_rate, **_):
    """Train a language model."""
    train(max_epochs, random_seed, learning_rate)


if __name__ == "__main__":
    main()
