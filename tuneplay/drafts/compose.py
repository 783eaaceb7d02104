"""The draft of a spec, as commented YAML."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from tuneplay.domain.meaning import OPTIMIZER_MEANINGS
from tuneplay.domain.yaml_scalar import yaml_text
from tuneplay.drafts.compared_values import unlisted
from tuneplay.drafts.help_text import is_discount
from tuneplay.drafts.scientific import Question, ask, subject_of
from tuneplay.drafts.script import Option, Script, Style
from tuneplay.drafts.sorting import Roles, sort_roles
from tuneplay.drafts.templates import Template
from tuneplay.drafts.typed_command import (
    MARK,
    command_words,
    shell_text,
    split_typed,
    with_typed_defaults,
)
from tuneplay.drafts.yaml_lines import comment, folded, sentence

#: Epochs where neither the user nor the script says a number: something to edit, not advice.
EPOCHS = 20

#: Column of the notes after short values.
_NOTES = 32

_ONLY_TUNES = (
    "This round tunes and compares nothing. It shows what the pipeline reaches and how much each "
    "hyperparameter matters. Later comparisons can start from its tuned baseline."
)


@dataclass(frozen=True, slots=True)
class Wish:
    """What the user wants.

    Attributes:
        template: The question.
        metric: The metric that decides.
        direction: minimize or maximize.
        epochs: Epochs of every trial; None for the script's own.
        trials: Trials of each study; None for the template's.
        schema: Where editors find the schema, as seen from the spec.
    """

    template: Template
    metric: str
    direction: str
    epochs: int | None = None
    trials: int | None = None
    schema: str = ""


def compose(wish: Wish, script: Script, words: Sequence[str], *, known: bool) -> str:
    """Write the draft of a spec.

    Args:
        wish: What the user wants.
        script: The training script, with its options.
        words: The train command as it was typed.
        known: Whether the script was read, or is only assumed.

    Returns:
        The spec's text.
    """
    arguments, positionals = split_typed(words, script)
    script = with_typed_defaults(script, arguments)
    typed = frozenset(one.option.name for one in arguments if one.option)
    trials = wish.trials or wish.template.trials
    subject = subject_of(wish.template, script)
    roles = sort_roles(script, trials, typed, subject)
    question = ask(wish.template, script, subject, roles, trials, typed)
    rest = "{args:hydra}" if script.style is Style.HYDRA else "{args}"
    rest = "{args:flags}" if question.flags else rest
    command = command_words(script, arguments, positionals, _passes(roles, question), rest)
    if question.word:
        command.insert(-1, question.word)
    lines = _head(wish, question)
    lines += _command(command, roles, script, known=known)
    lines += _budget(wish, roles, trials, known=known)
    lines += _scientific(wish.template, question, script)
    lines += _nuisance(roles, question)
    lines += _fixed(script, roles, typed, question)
    if question.env:
        lines += ["", *comment("The script has no option of this name. So it is passed in the environment, "
                               "where the script can ignore it.")]  # fmt: skip
        lines.append("env: {" + ", ".join(f"{k}: '{v}'" for k, v in question.env.items()) + "}")
    return "\n".join([*lines, ""])


def epochs_of(script: Script) -> int | None:
    """The script's own number of epochs; None if its help does not say."""
    return sort_roles(script, 1, frozenset(), None).epochs


def minimal(wish: Wish, words: Sequence[str]) -> str:
    """A spec that only trains with the program's defaults, for where a draft is not a valid spec."""
    arguments, _ = split_typed(words, Script(Style.FLAGS, ()))
    plain = [word for one in arguments for word in one.words if "{" not in word]
    lines = _head(wish, Question())
    lines += comment("The script's help could not be turned into a spec. Add its hyperparameters "
                     "under nuisance; {args} passes them as --name=value.")  # fmt: skip
    lines += folded("command", [shell_text([word]) for word in [*plain, "{args}"]])
    lines += _budget(wish, Roles({}, None, {}, {}), wish.trials or wish.template.trials, known=True)
    return "\n".join([*lines, ""])


def _passes(roles: Roles, question: Question) -> dict[str, str]:
    """What the command passes by name: placeholder by the option's name, in a sensible order."""
    passes: dict[str, str] = {}
    if question.subject and question.passed:
        passes[question.subject.name] = question.passed
    for option in roles.nuisance:
        # What only some values have is left to {args}, which passes each study its own.
        everywhere = option.meaning and option.meaning.value == "learning_rate"
        if option.name not in question.owned or everywhere:
            passes[option.name] = f"{{{option.name}}}"
    return passes | {option.name: text for option, text in roles.passed.items()}


def _head(wish: Wish, question: Question) -> list[str]:
    template, metric = wish.template, wish.metric
    lines = [f"# yaml-language-server: $schema={wish.schema}"] if wish.schema else []
    about = f"A round about {template.subject}. {template.why}"
    lines += comment(about if question.lines or template.greedy else _ONLY_TUNES)
    if template.greedy:
        goal = f"What is the best {metric} that this pipeline reaches, now that it is understood?"
    elif question.goal:
        goal = question.goal.replace("{metric}", metric)
    else:
        goal = f"What {metric} does the pipeline reach once its nuisance hyperparameters are tuned?"
    phase = "exploitation" if template.greedy else "exploration"
    note = (
        "Bayesian: near good values"
        if template.greedy
        else "quasi-random: to learn about the search space"
    )
    return [
        *lines,
        *sentence("goal", goal),
        f"phase: {phase}".ljust(_NOTES) + f"# {note}",
    ]


def _command(words: list[str], roles: Roles, script: Script, *, known: bool) -> list[str]:
    lines: list[str] = []
    if not known:
        lines += comment("EDIT: your train command. Each {name} is filled in, and {args} becomes "
                         "--name=value for every hyperparameter below that is not named here.")  # fmt: skip
    marked = [word for word in words if MARK in word]
    if marked:
        lines += comment(f"EDIT: the script does not start without {', '.join(marked)}. Replace "
                         "what is marked before the round runs.")  # fmt: skip
    if roles.steps is not None:
        lines += comment(f"The script counts steps ({roles.steps.spelling}), not epochs, so {{epochs}} is "
                         "not passed. Make sure that its number of steps equals the epochs below.")  # fmt: skip
    pieces = [shell_text([word]) for word in words]
    # An option and its value stay on one line.
    joined: list[str] = []
    for piece in pieces:
        after_option = joined and joined[-1].startswith("-") and " " not in joined[-1]
        if after_option and not piece.startswith(("-", "{args")) and script.style is Style.FLAGS:
            joined[-1] += f" {piece}"
        else:
            joined.append(piece)
    return lines + folded("command", joined)


def _budget(wish: Wish, roles: Roles, trials: int, *, known: bool) -> list[str]:
    epochs = wish.epochs or roles.epochs or EPOCHS
    note = "one number for all trials, never tuned"
    if wish.epochs is None:
        note = f"the script's own; {note}" if roles.epochs and known else f"EDIT: a guess; {note}"
    printed = json.dumps({"epoch": 1, wish.metric: 0.5}, ensure_ascii=False)
    return [
        *comment(
            "The script has to print a line of JSON for every epoch, or call tuneplay.log. "
            f"Such a line is {printed}."
        ),
        f"objective: {{metric: {yaml_text(wish.metric)}, direction: {wish.direction}}}",
        f"epochs: {epochs}".ljust(_NOTES) + f"# {note}",
        f"trials: {trials}".ljust(_NOTES) + "# of each study; may be raised later",
    ]


def _scientific(template: Template, question: Question, script: Script) -> list[str]:
    if question.lines:
        return [
            f"baseline: {question.baseline}".ljust(_NOTES) + "# EDIT: what you have now",
            "",
            "# Scientific: what is measured. One study for each value.",
            "scientific:",
            *question.lines,
        ]
    if template.greedy:
        return []
    known = unlisted(script.of(*template.meanings))
    why, example = f"The script has no option for {template.subject}", template.example
    if known is not None:
        why = f"The help does not say which values {known.spelling} takes"
        example = f"{known.name}: [{yaml_text(known.default or 'ONE')}, OTHER]"
    return [
        "",
        *comment(f"{why}, so this round only tunes. To compare, add what is measured, for example"),
        *(f"#   {line}" for line in f"scientific:\n  {example}".split("\n")),
        "# and name the value that you have now, as in `baseline: {NAME: VALUE}`.",
    ]  # fmt: skip


def _nuisance(roles: Roles, question: Question) -> list[str]:
    shared = {o: s for o, s in roles.nuisance.items() if o.name not in question.owned}
    later = {o: s for o, s in roles.later.items() if o.name not in question.owned}
    if not shared and not later:
        return []
    each = "tuned in every study, on the same points, for a fair comparison"
    head = f"Nuisance: {each if question.lines else 'what is tuned'}."
    rule = "Ranges are rules of thumb around the script's defaults. The report says which to widen."
    lines = ["", *comment(f"{head} {rule}"), "nuisance:"] if shared else [""]
    lines += [f"  {o.name}: {space.text()}" for o, space in shared.items()]
    if later:
        lines += comment("With more trials, tune as well:" if shared else
                         "With more trials, tune under `nuisance:`:")  # fmt: skip
        lines += [f"  # {o.name}: {space.text()}" for o, space in later.items()]
    return lines


def _fixed(script: Script, roles: Roles, typed: frozenset[str], question: Question) -> list[str]:
    lines: list[str] = []
    fixed = {o: v for o, v in roles.fixed.items() if o is not question.subject}
    if fixed:
        lines += ["", *comment("Fixed: conclusions hold for these values only. "
                               "After a change of one, tune again.")]  # fmt: skip
        lines += ["fixed:", *(f"  {o.name}: {yaml_text(v)}" for o, v in fixed.items())]
    stated = {*roles.passed, *roles.nuisance, *roles.later, *fixed, question.subject}
    left = [o for o in script.options if o not in stated and o.name not in question.owned]
    caveats = [_shown(o) for o in left if _is_caveat(o) and o.name not in typed]
    if caveats:
        lines += ["", *comment(f"These belong to the optimizer, and stay at the script's defaults: "
                               f"{', '.join(caveats)}.")]  # fmt: skip
    return lines


def _is_caveat(option: Option) -> bool:
    return option.meaning in OPTIMIZER_MEANINGS and not is_discount(option)


def _shown(option: Option) -> str:
    default = "" if option.default is None or option.values > 1 else f" {option.default}"
    return f"{option.name}{default}"
