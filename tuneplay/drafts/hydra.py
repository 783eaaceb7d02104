"""Reading what a Hydra application prints: its help, and its configuration (`--cfg job`)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from tuneplay.drafts.script import Option, Script, Style, value_of

#: A configuration with more keys than this is too large for a draft.
MAX_KEYS = 2_000

#: So is one that is nested deeper: an alias may even contain itself.
MAX_DEPTH = 20

_TIMESTAMP = "tag:yaml.org,2002:timestamp"

_GROUP = re.compile(r"([A-Za-z_][\w/]*): ([\w.\-]+(?:, [\w.\-]+)*)")


def is_hydra(text: str) -> bool:
    """Whether a help text is that of a Hydra application."""
    return "Powered by Hydra" in text or "powered by Hydra" in text or "--hydra-help" in text


def read_hydra(help_text: str, config: str) -> Script:
    """A Hydra application and its options.

    Args:
        help_text: What `--help` printed: it lists the configuration groups.
        config: What `--cfg job` printed.

    Returns:
        Each key of the configuration as an option, and each configuration group. A key that takes
        its value from another key (`${…}`) is left out: that key is the hyperparameter.
    """
    values = _load(config)
    groups = _groups(help_text)
    options = [
        Option((name,), choices=choices, default=_chosen(values.get(name), choices))
        for name, choices in groups.items()
    ]
    for key, value in islice(_flat(values), MAX_KEYS):
        if key not in groups and not (isinstance(value, str) and "${" in value):
            count = 2 if isinstance(value, list) else 1
            options.append(Option((key,), count, (), _plain(value), required=value == "???"))
    run_dir = Option(("hydra.run.dir",), about="where Hydra keeps what a training writes")
    return Script(Style.HYDRA, (*options[:MAX_KEYS], run_dir))


def _load(config: str) -> dict[str, Any]:
    import yaml

    class Loader(yaml.SafeLoader):
        """Leaves dates as texts, as OmegaConf does: `2023-13-45` is valid."""

        yaml_implicit_resolvers = {  # noqa: RUF012 - PyYAML's own way
            first: [(tag, pattern) for tag, pattern in known if tag != _TIMESTAMP]
            for first, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
        }

    try:
        loaded = yaml.load(config, Loader)  # noqa: S506 - a SafeLoader
    except (yaml.YAMLError, ValueError, TypeError, RecursionError):
        return {}
    return loaded if isinstance(loaded, dict) else {}


def _groups(text: str) -> dict[str, tuple[str, ...]]:
    """`optimizer: adam, sgd` below `== Configuration groups ==`."""
    groups: dict[str, tuple[str, ...]] = {}
    _, _, below = text.partition("Configuration groups")
    for line in below.splitlines()[1:]:
        if line.startswith("=="):
            break
        if match := _GROUP.fullmatch(line.strip()):
            groups[match[1]] = tuple(match[2].split(", "))
    return groups


def _flat(values: Any, path: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    """Every leaf by its dotted key, down to `MAX_DEPTH`."""
    for key, value in values.items():
        below = f"{path}.{key}" if path else str(key)
        if isinstance(value, dict):
            if depth < MAX_DEPTH:
                yield from _flat(value, below, depth + 1)
        elif not str(key).startswith("_"):  # _target_ and its like are not hyperparameters
            yield below, value


def _plain(value: Any) -> Any:
    """A leaf's value; None for a list, and for what has to be given (`???`)."""
    if isinstance(value, list) or value == "???":
        return None
    return value_of(value) if isinstance(value, str) else value


def _chosen(values: Any, choices: tuple[str, ...]) -> str | None:
    """The choice that a group's values come from; None if they do not show it."""
    if isinstance(values, str):
        return values if values in choices else None
    if not isinstance(values, dict):
        return None
    texts = [str(v).rpartition(".")[2].lower() for v in values.values() if isinstance(v, str)]
    return next((choice for choice in choices if choice.lower() in texts), None)
