"""Specs that several tests read: bad ones, a full one, and the same one in other spellings."""

import re

from support.places import BAD_SPECS

#: The keys that every spec needs, each in one line.
BASE = {
    "goal": "g",
    "phase": "exploration",
    "command": "python t.py {epochs} {seed} {args}",
    "objective": "{metric: e, direction: minimize}",
    "epochs": "2",
    "trials": "3",
}


def complete(fragment):
    """A spec that begins with a fragment; the keys that it leaves out stand below it."""
    present = {line.partition(":")[0] for line in fragment.split("\n")}
    rest = [f"{key}: {value}" for key, value in BASE.items() if key not in present]
    return "\n".join([fragment, *rest, ""])


def corpus():
    """Title, fragment and errors of each bad spec in specs/bad.txt."""
    text = BAD_SPECS.read_text(encoding="utf-8")
    text = re.sub(r"^### .*\n", "", text, flags=re.MULTILINE)
    for section in text.split("\n=== ")[1:]:
        title, _, rest = section.partition("\n")
        fragment, _, errors = rest.partition("\n-->\n")
        yield title, fragment, errors.strip("\n").split("\n")


BAD = {title: (fragment, errors) for title, fragment, errors in corpus()}


#: A spec that uses every key.
FULL = """\
# Which optimizer?
goal: Does Adam reach a lower validation error than SGD?
phase: exploitation
command: >-
  python "my train.py" --optimizer {optimizer} --epochs {epochs}
  --seed {seed} {args}
objective:
  metric: val_accuracy
  direction: maximize
  worthwhile: 1e-3
  test_metric: test_accuracy
epochs: 20
trials: 16
baseline: {optimizer: sgd}
scientific:
  optimizer:
    sgd:
      nuisance:
        momentum: {low: 0.5, high: 0.99, scale: reverse_log, limits: [0, 1]}
    adam:
      fixed: {beta1: 0.9, epsilon: 1e-8}
nuisance:
  learning_rate: {low: 1e-4, high: 1, scale: log}
  layers: {low: 1, high: 5}
  width: {low: 16, high: 512, scale: log}
  dropout: {low: 0, high: 0.7, step: 0.1, limits: [0, null]}
  activation: [relu, tanh, null, no, 3]
fixed: {batch_size: 64, bias: true, note: "", amp: no}
seed: 7
metrics: auto
infeasible: {worse_than: 0.5, exit_codes: [42, 43]}
reruns: {seeds: 3}
resources:
  slots: 4
  gpus: [0, 2]
  gpus_per_trial: 1
  trials_per_gpu: 2
  timeout: 2h
  stall_timeout: 1.5m
  retries: 0
launcher: local
env: {OMP_NUM_THREADS: 1, DATA: ~/data}
"""


#: The full spec, written in other ways.
SAME_SPELLINGS = {
    "carriage returns": FULL.replace("\n", "\r\n"),
    "a byte order mark": "\ufeff" + FULL,
    "a comment at each end": "# before\n" + FULL + "# after",
    "document markers": "---\n" + FULL + "...\n",
    "a YAML 1.2 directive": "%YAML 1.2\n---\n" + FULL,
    "quoted keys": FULL.replace("\nepochs:", '\n"epochs":').replace("\nseed:", "\n'seed':"),
    "a flow mapping as a block": FULL.replace(
        "baseline: {optimizer: sgd}", "baseline:\n    optimizer: sgd"
    ),
    "a block mapping as a flow": FULL.replace(
        "\n  metric: val_accuracy\n  direction: maximize\n  worthwhile: 1e-3\n  test_metric: ",
        " {metric: val_accuracy, direction: maximize, worthwhile: 1e-3, test_metric: ",
    ).replace("test_accuracy\n", "test_accuracy}\n"),
    "a list over several lines": FULL.replace("[42, 43]", "[\n  42,\n  43,\n  ]"),
    "a list of dashes": FULL.replace(
        "  activation: [relu, tanh, null, no, 3]",
        "  activation:\n  - relu\n  - \"tanh\"\n  - ~\n  - 'no'\n  - 0x3",
    ),
    "numbers in another notation": FULL.replace("1e-4", "0.0001").replace("1e-8", "1.0E-08"),
    "the command as a list": re.sub(
        r"command: >-\n.*\n.*\n",
        "command: [python, my train.py, --optimizer, '{optimizer}', --epochs, '{epochs}',\n"
        "  --seed, '{seed}', '{args}']\n",
        FULL,
    ),
    "keys in another order": "\n".join(
        sorted(re.split(r"\n(?=[a-z])", FULL.strip()), key=lambda part: part[::-1])
    ),
}
