"""A report in the terminal: the answer, what undermines it, the studies, the findings."""

from __future__ import annotations

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from tuneplay.domain.progress import Progress
from tuneplay.domain.round import Round
from tuneplay.judge.comparison import Comparison
from tuneplay.judge.finding import Finding, Severity
from tuneplay.judge.judgement import Judgement
from tuneplay.judge.reruns import RerunSummary
from tuneplay.judge.seeds.model import Verdict
from tuneplay.render.narrow import LEAST_COLUMNS, first_that_fits, stacked
from tuneplay.render.ranges import range_answer, range_table
from tuneplay.render.remarks import remarks
from tuneplay.render.words import count, number, safe, signed, suggestion, typed

_INDENT = (0, 0, 0, 2)

#: Below this many columns what to use stands below a finding, not beside it.
_LEAST_FOR_FINDINGS = 80


def print_report(
    console: Console, round_: Round, progress: Progress, judgement: Judgement, folder: str
) -> None:
    """Print a report.

    Args:
        console: Where to.
        round_: The round.
        progress: How far it has come.
        judgement: What its trials support.
        folder: The round's folder, for the commands that are suggested.
    """
    head = Text(safe(round_.name), style="bold").append(f" · {safe(round_.goal)}", style="not bold")
    console.print(head)
    console.print()
    parts: list[RenderableType] = [_answer(round_, progress, judgement, console), Text()]
    parts.append(_studies(round_, judgement, console))
    for along in judgement.ranges:
        parts += [Text(), range_table(along)]
    if judgement.findings:
        parts += [Text(), _findings(judgement.findings, console)]
    if said := remarks(round_, judgement):
        parts += [Text(), _labelled([("·", line) for line in said], console)]
    following = _next(progress, judgement, folder)
    if following:
        parts += [Text(), _labelled([("Next", line) for line in following], console)]
    console.print(Padding(Group(*parts), _INDENT))


def _answer(
    round_: Round, progress: Progress, judgement: Judgement, console: Console
) -> RenderableType:
    rows = [("Answer", answer(round_, judgement))]
    if progress.ended < progress.planned:
        rows.append(
            ("So far", f"{progress.ended} of {count(progress.planned, 'trial')} have ended")
        )
    warnings = [f for f in judgement.findings if f.severity is Severity.WARNING]
    if warnings:
        first = warnings[0]
        about = ", ".join(dict.fromkeys(filter(None, (first.study, first.hyperparameter))))
        alone = len(judgement.studies) == 1 and not first.hyperparameter
        said = first.message if alone or not about else f"{about}: {first.message}"
        rows.append(("But", said))
    return _labelled(rows, console)


def answer(round_: Round, judgement: Judgement) -> str:
    """The answer to the goal, in one or two sentences."""
    if all(summary.best is None for summary in judgement.studies):
        return "No trial was feasible, so there is nothing to compare."
    if not judgement.comparisons:
        best = judgement.studies[0].best
        if judgement.ranges:
            findings = judgement.findings
            return " ".join(range_answer(round_, along, findings) for along in judgement.ranges)
        found = number(best.outcome.value if best else None)
        return f"This round only tunes; its best {round_.objective.metric} is {found}."
    return " ".join(_sentence(comparison) for comparison in judgement.comparisons)


def _sentence(comparison: Comparison) -> str:
    """The verdict on one candidate, its reason, and what would decide an open one."""
    heads = {
        Verdict.ADOPT: f"Adopt {comparison.study}.",
        Verdict.KEEP_BASELINE: f"Keep {comparison.baseline}.",
        Verdict.NOT_DISTINGUISHABLE: "Not distinguishable.",
        Verdict.NEEDS_RERUNS: "Not decided yet:",
        Verdict.NO_FEASIBLE_TRIAL: "Cannot be compared:",
    }
    text = f"{heads[comparison.verdict]} {comparison.reason}"
    if comparison.verdict is not Verdict.NOT_DISTINGUISHABLE or comparison.hopeless:
        return text
    if comparison.seeds_needed is not None and comparison.seeds_needed > max(comparison.seeds):
        return f"{text} About {comparison.seeds_needed} seeds each would decide it."
    if comparison.detectable is not None and comparison.seeds_needed is None:
        found = number(comparison.detectable, 2)
        return (
            f"{text} No reasonable number of seeds would decide it; these would have found a "
            f"difference of {found}."
        )
    return text


def _studies(round_: Round, judgement: Judgement, console: Console) -> RenderableType:
    """A table; where naming the baseline makes it too wide, without its name; or as lines."""
    compared = {comparison.study: comparison for comparison in judgement.comparisons}
    names = ["study", "trials", "feasible", "best", "epoch"]
    with_reruns = any(summary.reruns for summary in judgement.studies)
    names += ["reruns"] if with_reruns else []
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
        row += [_reruns(summary.reruns)] if with_reruns else []
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


def _reruns(reruns: RerunSummary | None) -> str:
    """`0.0341 ± 0.0021 (5 seeds)`."""
    if reruns is None:
        return "–"
    spread = f" ± {number(reruns.sd, 2)}" if reruns.sd is not None else ""
    return f"{number(reruns.mean)}{spread} ({count(len(reruns.values), 'seed')})"


def _against(comparison: Comparison | None) -> str:
    if comparison is None:
        return "baseline"
    if comparison.interval95 is None:
        return signed(comparison.difference)
    low, high = (signed(end) for end in comparison.interval95)
    return f"{signed(comparison.difference)} [{low}, {high}]"


def _findings(findings: tuple[Finding, ...], console: Console) -> RenderableType:
    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0))
    for _ in range(2):
        table.add_column(no_wrap=True)
    table.add_column(ratio=1, overflow="fold")
    table.add_column(overflow="fold")
    lines: list[tuple[Text, list[str]]] = []
    for finding in findings:
        warning = finding.severity is Severity.WARNING
        # The key of a joint study may be the very name of its range.
        parts = dict.fromkeys((finding.study, finding.hyperparameter))
        about = ", ".join(part for part in parts if part)
        given = suggestion(finding.hyperparameter, finding.suggestion)
        mark = Text("!" if warning else "·", style="bold yellow" if warning else "dim")
        said = safe(f"{about}: {finding.message}" if about else finding.message)
        use = safe(f"use  {given}" if given else "")
        table.add_row(mark, Text(finding.kind.value), Text(said), Text(use, style="cyan"))
        lines.append((mark + Text(f" {finding.kind.value}"), [said, use] if use else [said]))
    return stacked(lines) if console.width < _LEAST_FOR_FINDINGS else table


def _next(progress: Progress, judgement: Judgement, folder: str) -> list[str]:
    """The commands that bring the round further."""
    if progress.ended < progress.planned:
        return [f"tuneplay run {typed(folder)}"]
    verdicts = {comparison.verdict for comparison in judgement.comparisons}
    if Verdict.NEEDS_RERUNS in verdicts:
        return [f"tuneplay rerun {typed(folder)}"]
    needed = [
        c.seeds_needed
        for c in judgement.comparisons
        if c.needs_seeds and c.seeds_needed and c.seeds_needed > max(c.seeds)
    ]
    return [f"tuneplay rerun {typed(folder)} --seeds {max(needed)}"] if needed else []


def _labelled(rows: list[tuple[str, str]], console: Console) -> RenderableType:
    if console.width < LEAST_COLUMNS:
        return stacked((Text(label, style="bold"), [safe(text)]) for label, text in rows)
    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True, style="bold")
    table.add_column(overflow="fold")
    for label, text in rows:
        table.add_row(label, Text(safe(text)))
    return table
