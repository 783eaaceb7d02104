"""Reading `redact`: names whose values are written nowhere."""

from __future__ import annotations

from collections.abc import Mapping

from tuneplay.domain.command import Command, placeholders_in
from tuneplay.domain.round import Study
from tuneplay.domain.secrets import SHORTEST
from tuneplay.spec.fields import Field


def read_redact(
    fields: Mapping[str, Field], command: Command, studies: tuple[Study, ...]
) -> tuple[str, ...]:
    """Names of environment variables and fixed hyperparameters whose values are secret."""
    if "redact" not in fields:
        return ()
    names: list[str] = []
    for item in fields["redact"].items():
        name = item.text("write the name of an environment variable or a fixed hyperparameter")
        names.append(name)
        values = [study.fixed[name] for study in studies if name in study.fixed]
        if name in command.env:
            values.append(command.env[name])
            if any(placeholders_in(command.env[name])):
                item.error(f"the value of {name} has placeholders", "write the value itself")
        elif not values and any(name in study.names for study in studies):
            wrong = f"{name} is searched, and its values are results that have to be written"
            item.error(wrong, "redact only fixed hyperparameters")
        elif values and "params_json" in command.placeholders():
            item.error(f"{name} would be written to {{params_json}}", "pass it in `env`")
        for value in values:
            if not isinstance(value, str) or len(value) < SHORTEST:
                wrong = f"the value of {name} is not a text of at least {SHORTEST} characters"
                item.error(
                    wrong,
                    "quote a number, or use a longer text: a short one occurs elsewhere by chance",
                )
    return tuple(names)
