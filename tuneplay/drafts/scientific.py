"""The scientific hyperparameter of a draft: a template's question in a script's own words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from tuneplay.domain.meaning import ADAM_TRIALS, Meaning
from tuneplay.domain.yaml_scalar import yaml_text
from tuneplay.drafts.compared_values import choice_text, following, popular
from tuneplay.drafts.rules_of_thumb import (
    ADAPTIVE_LEARNING_RATE,
    ANY_WEIGHT_DECAY,
    SGD_LEARNING_RATE,
    Space,
    around,
    holding,
    space_of,
)
from tuneplay.drafts.script import Option, Script
from tuneplay.drafts.sorting import Roles, is_adaptive, is_aside
from tuneplay.drafts.templates import Template

_SGD_LIKE = re.compile(r"(.*[._-])?(sgd.*|momentum|nesterov|lars|muon)", re.IGNORECASE)
_ADAM_LIKE = re.compile(r".*(adam|lamb|lion|sophia).*", re.IGNORECASE)
_PREPROCESSING = re.compile(r"(.*[._-])?(normali[sz]e(_data|_input)?|preprocess(ing)?|transforms?)")
_DEPTH = re.compile(r"layer|depth|block", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Question:
    """What is measured.

    Attributes:
        lines: The lines below `scientific:`; empty in a round that only tunes.
        goal: The question in one sentence, with `{metric}` for the metric.
        baseline: The value of `baseline:`.
        subject: The option that it is about.
        passed: The placeholder that passes the subject, where `{args}` does not.
        word: The word of the command that passes it (`--{augment}`), for a flag.
        owned: Names of the options that have a range of their own under each value.
        flags: Whether a flag is among what is measured.
        env: Environment variables for names that are not options of the script.
    """

    lines: tuple[str, ...] = ()
    goal: str = ""
    baseline: str = ""
    subject: Option | None = None
    passed: str = ""
    word: str = ""
    owned: frozenset[str] = frozenset()
    flags: bool = False
    env: Mapping[str, str] = field(default_factory=dict)


def subject_of(template: Template, script: Script) -> Option | None:
    """The option that a template's question is about; None when the script has none."""
    options = [o for o in script.of(*template.meanings) if o.nameable and not is_aside(o)]
    if template.name == "preprocessing":
        options += [o for o in script.options if o.nameable and _PREPROCESSING.fullmatch(o.name)]
    if template.name == "architecture":
        options.sort(key=lambda o: not _DEPTH.search(o.name))
    return next((o for o in options if _usable(template, o)), None)


def _usable(template: Template, option: Option) -> bool:
    if len(option.choices) > 1 and option.values == 1:
        return template.name != "regularizer"
    if template.name == "regularizer":
        return option.is_number and not option.integer
    if template.name == "preprocessing":
        return option.is_flag or isinstance(option.default, bool)
    whole = isinstance(option.default, int) and not isinstance(option.default, bool)
    return template.name in ("architecture", "batch-size") and whole and option.default != 0


def ask(
    template: Template, script: Script, subject: Option | None, roles: Roles, trials: int,
    typed: frozenset[str] = frozenset(),
) -> Question:  # fmt: skip
    """Ask a template's question in terms of a script.

    Args:
        template: The question.
        script: The script.
        subject: The option that it is about.
        roles: What the other options are.
        trials: Trials of each study.
        typed: Names of the options that the user typed into the command.
    """
    if subject is None:
        return Question()
    if template.name == "regularizer":
        return _with_or_without(script, subject)
    if template.name == "optimizer":
        return _optimizers(script, subject, roles, trials, typed)
    if subject.is_flag:
        return _flag(subject)
    if subject.choices:
        values = tuple(choice_text(value) for value in following(subject))
    elif isinstance(subject.default, bool):
        values = ("false", "true")
    else:
        size = int(subject.number or 1)
        factor = 4 if subject.meaning is Meaning.BATCH_SIZE else 2
        values = (str(size), str(size * factor))
    default = yaml_text(subject.default) if subject.default is not None else values[0]
    if subject.choices and isinstance(subject.default, str):
        default = choice_text(subject.default)
    asked = _listed(subject, values, default)
    if subject.meaning is Meaning.BATCH_SIZE:
        return replace(asked, goal=_how_far(subject.name, values))
    return asked


def _listed(subject: Option, values: tuple[str, ...], default: str) -> Question:
    baseline = default if default in values else values[0]
    return Question(
        (f"  {subject.name}: [{', '.join(values)}]",),
        _which(subject.name, values),
        f"{{{subject.name}: {baseline}}}",
        subject,
        f"{{{subject.name}}}",
    )


def _which(name: str, values: tuple[str, ...]) -> str:
    listed = " or ".join((", ".join(values[:-1]), values[-1])) if len(values) > 1 else values[0]
    better = "best" if len(values) > 2 else "better"
    return f"Which {name} reaches the {better} {{metric}}, {listed}, each tuned on its own terms?"


def _how_far(name: str, values: tuple[str, ...]) -> str:
    """A larger batch does not improve the metric. The question is whether it makes it worse."""
    return (
        f"How far does a larger {name} keep the same {{metric}} in equal epochs, that is, how far "
        f"does perfect scaling go between {values[0]} and {values[-1]}, each tuned on its own terms?"
    )


def _whether(name: str) -> str:
    return f"Is {{metric}} better with {name} than without it, each tuned on its own terms?"


def _flag(subject: Option) -> Question:
    pair = tuple(name.lstrip("-") for name in subject.names if name.startswith("--"))[:2]
    if len(pair) == 2:
        name = subject.name
        off = next(p for p in pair if p != name)
        asked = _listed(subject, (off, name), name if subject.default is True else off)
        return Question(
            asked.lines, _whether(name), asked.baseline, subject,
            word=f"--{{{name}}}",
        )  # fmt: skip
    asked = _listed(subject, ("false", "true"), "false")
    return Question(asked.lines, _whether(subject.name), asked.baseline, subject, flags=True)


def _with_or_without(script: Script, subject: Option) -> Question:
    """`none` fixes the strength at 0. The other value tunes it."""
    names = {option.name for option in script.options}
    name = "regularizer" if "regularizer" not in names else "use_regularizer"
    used = replace(around(subject.number, ANY_WEIGHT_DECAY), limits="[0, null]")
    if subject.meaning in (Meaning.DROPOUT, Meaning.LABEL_SMOOTHING):
        whole = space_of(subject) or Space(0.0, 0.5, "linear", "[0, 1]")
        used = Space(whole.high / 10, whole.high, "linear", "[0, 1]")
        used = holding(used, subject.number or None) or used
    now = subject.name if subject.number else "none"
    return Question(
        (
            f"  {name}:",
            f"    none: {{fixed: {{{subject.name}: 0}}}}",
            f"    {subject.name}: {{nuisance: {{{subject.name}: {used.text()}}}}}",
        ),
        _whether(subject.name),
        f"{{{name}: {now}}}",
        subject,
        f"{{{subject.name}}}",
        env={name.upper(): f"{{{name}}}"},
    )


def _optimizers(
    script: Script, subject: Option, roles: Roles, trials: int, typed: frozenset[str]
) -> Question:
    """Each optimizer with its own learning rate and momentum."""
    rates = [o for o in roles.nuisance if o.meaning is Meaning.LEARNING_RATE]
    momentum = _own(script, Meaning.MOMENTUM)
    adams = {m: o for m in ADAM_TRIALS if (o := _own(script, m))}
    betas = [option for meaning, option in adams.items() if trials >= ADAM_TRIALS[meaning]]
    values = popular(subject)
    lines = [f"  {subject.name}:"]
    for value in values:
        # A rate that was not typed belongs to the script's own optimizer, not to the typed one.
        now = value == str(subject.default)
        own = {
            rate: _rate_of(
                value, rate, now=now, sure=subject.name not in typed or rate.name in typed
            )
            for rate in rates
        }
        extras = betas if _ADAM_LIKE.fullmatch(value) else []
        if momentum and trials >= ADAM_TRIALS[Meaning.BETA1] and _SGD_LIKE.fullmatch(value):
            extras = [momentum]
        own |= {o: space for o in extras if (space := space_of(o))}
        lines.append(f"    {choice_text(value)}:")
        if own:
            lines.append("      nuisance:")
            lines += [f"        {o.name}: {space.text()}" for o, space in own.items()]
    asked = _listed(
        subject, tuple(choice_text(v) for v in values), choice_text(str(subject.default))
    )
    owned = frozenset(o.name for o in (*rates, momentum, *adams.values()) if o)
    return Question(tuple(lines), asked.goal, asked.baseline, subject, asked.passed, owned=owned)


def _own(script: Script, meaning: Meaning) -> Option | None:
    """An option that only some optimizers have. `{args}` has to be able to leave it out."""
    option = script.first(meaning)
    return option if option and option.is_number and script.reachable(option) else None


def _rate_of(value: str, rate: Option, *, now: bool, sure: bool) -> Space:
    """The range of a learning rate: around its default, if that default is for this optimizer.

    Typing `--optimizer sgd` does not change the default of `--lr`.

    Args:
        value: The optimizer.
        rate: The learning rate.
        now: Whether it is the one that the command uses now.
        sure: Whether the rate's default is meant for it.
    """
    low, high = ADAPTIVE_LEARNING_RATE if is_adaptive(value) else SGD_LEARNING_RATE
    fits = now and rate.number is not None and (sure or low <= rate.number <= high)
    return around(rate.number if fits else None, (low, high))
