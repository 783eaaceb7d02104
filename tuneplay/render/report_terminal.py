"""A report in the terminal: the answer, what undermines it, the studies, the findings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from tuneplay.domain.progress import Progress
from tuneplay.domain.round import Round
from tuneplay.judge.finding import Finding, Severity
from tuneplay.judge.judgement import Judgement, StudySummary
from tuneplay.judge.next_step import next_step
from tuneplay.judge.verdict.facts import Comparison, Verdict
from tuneplay.render.fitting import LEAST_COLUMNS, first_that_fits, stacked
from tuneplay.render.range_table import range_table
from tuneplay.render.trimmed import Trimmed
from tuneplay.words.answer import say_answer
from tuneplay.words.cautions import say_caution
from tuneplay.words.findings import say, subject_of
from tuneplay.words.message import joined
from tuneplay.words.naming import Naming, naming_of
from tuneplay.words.next_steps import next_command, pasteable
from tuneplay.words.numbers import count, in_step, number, setting, signed
from tuneplay.words.remarks import say_remarks
from tuneplay.words.text import safe, suggestion

_INDENT = (0, 0, 0, 2)

#: Below this many columns what to use stands below a finding, not next to it.
_LEAST_FOR_FINDINGS = 80

#: With fewer columns for its text a finding is a narrow column that nobody reads.
_LEAST_FOR_TEXT = 60

#: Blanks between two columns.
_GAP = 2


def print_report(
    console: Console,
    round_: Round,
    progress: Progress,
    judgement: Judgement,
    folder: str,
    commands: Mapping[str, str],
) -> None:
    """Print a report.

    Args:
        console: Where to.
        round_: The round.
        progress: How far it has come.
        judgement: What its trials support.
        folder: The round's folder, for the commands that are suggested.
        commands: The command that repeats the selected trial of each study, by its key.
    """
    naming = naming_of(round_)
    head = Text(safe(round_.name), style="bold").append(f" · {safe(round_.goal)}", style="not bold")
    console.print(head)
    console.print()
    shown: list[RenderableType] = [_answer(progress, judgement, naming, console), Text()]
    shown.append(_studies(round_, judgement, console))
    for along in judgement.ranges:
        shown += [Text(), range_table(along)]
    if judgement.findings:
        shown += [Text(), _findings(judgement.findings, naming, console)]
    if remarks := say_remarks(judgement, naming):
        shown += [Text(), _labelled([("·", line.text) for line in remarks], console)]
    console.print(Trimmed(Padding(Group(*shown), _INDENT)))
    _print_chosen(console, judgement, folder, commands)
    if step := next_step(progress, judgement, round_.rerun_seeds):
        console.print()
        command = next_command(step, folder)
        # In one piece, however narrow the terminal is: it will be pasted.
        console.print(Text("  Next  ", style="bold") + Text(safe(command)), soft_wrap=True)


def _answer(
    progress: Progress, judgement: Judgement, naming: Naming, console: Console
) -> RenderableType:
    rows = [("Answer", joined(*(line.text for line in say_answer(judgement, naming))))]
    if progress.ended < progress.planned:
        rows.append(
            ("So far", f"{progress.ended} of {count(progress.planned, 'trial')} have ended.")
        )
    warnings = [f for f in judgement.findings if f.severity is Severity.WARNING]
    if warnings:
        # What to do about it stands with the finding below.
        rows.append(("But", _with_subject(warnings[0], say(warnings[0], naming).what, naming)))
    # What speaks against an adoption belongs next to it: a person acts on the answer.
    cautions = [
        say_caution(caution, comparison, naming).text
        for comparison in judgement.comparisons
        if comparison.verdict is Verdict.ADOPT
        for caution in comparison.cautions
    ]
    rows += [("But", line) for line in dict.fromkeys(cautions)]
    return _labelled(rows, console)


def _studies(round_: Round, judgement: Judgement, console: Console) -> RenderableType:
    """A table; where naming the baseline makes it too wide, without its name; or as lines."""
    compared = {comparison.study: comparison for comparison in judgement.comparisons}
    names = ["study", "trials", "feasible", "best", "epoch"]
    seeds = {len(summary.reruns.usable) for summary in judgement.studies if summary.reruns}
    # A number of seeds that is the same for all is said once, above them.
    alike = count(seeds.copy().pop(), "seed") if len(seeds) == 1 else None
    names += ([f"reruns ({alike})"] if alike else ["reruns"]) if seeds else []
    rows: list[list[str]] = []
    for summary in judgement.studies:
        best = summary.best.outcome if summary.best else None
        row = [
            safe(summary.study.key),
            str(summary.ended),
            str(summary.feasible),
            number(best.value if best else None),
            "–" if best is None else str(best.best_epoch),
        ]
        row += [_reruns(summary, with_count=alike is None)] if seeds else []
        rows.append(row + ([_against(compared.get(summary.study.key))] if compared else []))
    against = [f"against {safe(round_.baseline or '')}", "against the baseline"]
    headers = [[*names, last] for last in against] if compared else [names]
    tables = [_study_table(header, rows) for header in headers]
    table = first_that_fits(console, *tables, indent=_INDENT[-1])
    if table is not None:
        return table
    return stacked((Text(row[0], style="bold"), [_in_words(headers[-1], row)]) for row in rows)


def _in_words(names: list[str], row: list[str]) -> str:
    cells = zip(names[1:], row[1:], strict=True)
    return " · ".join(cell if cell == "baseline" else f"{name} {cell}" for name, cell in cells)


def _study_table(names: list[str], rows: list[list[str]]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    for name in names:
        right = name in ("trials", "feasible", "best", "epoch")
        table.add_column(name, justify="right" if right else "left", overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    return table


def _reruns(summary: StudySummary, *, with_count: bool) -> str:
    """`0.0341 ± 0.0021 (5 seeds)`; with the trial's number where it is not the best any more."""
    reruns = summary.reruns
    if reruns is None or reruns.mean is None:
        return "–"
    seeds = f" ({count(len(reruns.usable), 'seed')})" if with_count else ""
    of = f" (of trial {reruns.trial})" if summary.stale else ""
    if not reruns.sd:
        spread = "" if reruns.sd is None else " ± 0"
        return f"{number(reruns.mean)}{spread}{seeds}{of}"
    mean, sd = in_step([reruns.mean, reruns.sd], reruns.sd)
    return f"{mean} ± {sd}{seeds}{of}"


def _against(comparison: Comparison | None) -> str:
    """`+0.0228 [+0.0182, +0.0275]`, with the digits that the interval supports."""
    if comparison is None:
        return "baseline"
    difference, interval = comparison.difference, comparison.interval95
    if difference is None:
        return "–"
    if interval is None:
        return signed(difference)
    half = (interval[1] - interval[0]) / 2
    size, low, high = (signed(value, half) for value in (difference, *interval))
    return f"{size} [{low}, {high}]"


def _findings(findings: Sequence[Finding], naming: Naming, console: Console) -> RenderableType:
    """One row a finding; what to use next to it, or below where that would squeeze the text."""
    rows: list[tuple[Text, str, str, str]] = []
    advised: set[str] = set()
    for finding in findings:
        warning = finding.severity is Severity.WARNING
        mark = Text("!" if warning else "·", style="bold yellow" if warning else "dim")
        given = suggestion(finding.hyperparameter, finding.suggestion)
        message = say(finding, naming)
        # Advice that stands above is not repeated.
        fix = "" if message.fix in advised else message.fix
        advised.add(message.fix)
        text = safe(_with_subject(finding, joined(message.what, fix), naming))
        rows.append((mark, finding.kind.value, text, safe(f"use  {given}" if given else "")))
    if console.width < _LEAST_FOR_FINDINGS:
        return stacked(
            (mark + Text(f" {kind}"), [text, use] if use else [text])
            for mark, kind, text, use in rows
        )
    kinds, uses = (max(len(row[column]) for row in rows) for column in (1, 3))
    side_by_side = console.width - _INDENT[-1] - kinds - uses - 3 * _GAP - 1 >= _LEAST_FOR_TEXT
    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, _GAP, 0, 0))
    for _ in range(2):
        table.add_column(no_wrap=True)
    table.add_column(ratio=1, overflow="fold")
    if side_by_side:
        table.add_column(overflow="fold")
    for mark, kind, text, use in rows:
        shown, values = Text(text), Text(use, style="cyan")
        if side_by_side:
            table.add_row(mark, Text(kind), shown, values)
        else:
            table.add_row(mark, Text(kind), Text("\n").join([shown, values]) if use else shown)
    return table


def _with_subject(finding: Finding, text: str, naming: Naming) -> str:
    """A text about a finding, after the names that its sentences leave out."""
    about = subject_of(finding, naming)
    return f"{about}: {text}" if about else text


def _print_chosen(
    console: Console,
    judgement: Judgement,
    folder: str,
    commands: Mapping[str, str],
) -> None:
    """The selected trial of each study: its values, its checkpoint, the command that repeats it."""
    chosen = [(s, s.best) for s in judgement.studies if s.best is not None]
    if chosen:
        console.print()
        title = Text("Chosen configurations, and the commands that repeat them", "bold")
        console.print(Trimmed(Padding(title, _INDENT)))
    for summary, best in chosen:
        values = ", ".join(
            f"{h.name} {setting(best.hyperparameters[h.name])}" for h in summary.study.space
        )
        console.print()
        head = Text()
        head.append(safe(f"{summary.study.key}: trial {best.id.number}"), style="bold")
        head.append(safe(f", {values}" if values else ""))
        console.print(Trimmed(Padding(head, _INDENT)))
        if best.checkpoint:
            console.print(Text(safe(f"    checkpoint {folder}/{best.checkpoint}")), soft_wrap=True)
        if command := commands.get(summary.study.key):
            console.print(Text(f"    {pasteable(command)}", style="cyan"), soft_wrap=True)


def _labelled(rows: list[tuple[str, str]], console: Console) -> RenderableType:
    if console.width < LEAST_COLUMNS:
        return stacked((Text(label, style="bold"), [safe(text)]) for label, text in rows)
    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True, style="bold")
    table.add_column(overflow="fold")
    for label, text in rows:
        table.add_row(label, Text(safe(text)))
    return table
