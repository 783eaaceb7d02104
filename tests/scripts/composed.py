"""Prints what a Hydra application prints, without Hydra."""

import sys

from quick import train

CONFIG = """\
seed: 42
optimized_metric: val/acc
mode: max
model:
  _target_: nets.MLP
  hidden_dim: 256
  dropout: 0.1
optimizer:
  _target_: torch.optim.Adam
  _partial_: true
  lr: 0.001
  weight_decay: 0.0
  betas:
  - 0.9
  - 0.999
trainer:
  max_epochs: 30
  default_root_dir: ${paths.output_dir}
paths:
  output_dir: ${hydra:runtime.output_dir}
data:
  batch_size: 64
  root: ./data
  num_workers: 4
"""

HELP = f"""\
composed is powered by Hydra.

== Configuration groups ==
Compose your configuration from those groups (group=option)

data: cifar, mnist
optimizer: adam, sgd


== Config ==
Override anything in the config (foo.bar=value)

{CONFIG}

Powered by Hydra (https://hydra.cc)
Use --hydra-help to view Hydra specific help

"""

if "--help" in sys.argv:
    print(HELP)
elif sys.argv[-2:] == ["--cfg", "job"]:
    print(CONFIG, end="")
else:
    given = dict(word.split("=", 1) for word in sys.argv[1:])
    known = ("seed", "model", "optimizer", "trainer", "data", "hydra.run.dir")
    assert all(key.startswith(known) for key in given), given
    assert given["hydra.run.dir"].strip("'") != given["hydra.run.dir"], "`=` has to be quoted"
    train(int(given["trainer.max_epochs"]), int(given["seed"]), float(given["optimizer.lr"]))
