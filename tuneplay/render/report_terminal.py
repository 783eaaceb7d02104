"""A report in the terminal: the answer, what undermines it, the studies, the findings."""

from __future__ import annotations

import re

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from tuneplay.domain.progress import Progress
from tuneplay.domain.round import Round
from tuneplay.judge.finding import Finding, Severity
from tuneplay.judge.judgement import Judgement, StudySummary
from tuneplay.judge.verdict.compared import Comparison
from tuneplay.judge.verdict.seeds.standards import MIN_USABLE, Verdict
from tuneplay.render.answer import answer, more_seeds
from tuneplay.render.fitting import LEAST_COLUMNS, first_that_fits, stacked
from tuneplay.render.range_table import range_table
from tuneplay.render.remarks import is_stale, remarks, warned
from tuneplay.render.trimmed import Trimmed
from tuneplay.words.text import count, number, safe, signed, suggestion, typed

_INDENT = (0, 0, 0, 2)

#: Below this many columns what to use stands below a finding, not beside it.
_LEAST_FOR_FINDINGS = 80

#: With fewer columns for its text a finding is a narrow column that nobody reads.
_LEAST_FOR_TEXT = 60

#: Blanks between two columns.
_GAP = 2

_SENTENCE_END = re.compile(r"(?<=[.!?]) (?=[A-Z])")


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
    console.print(Trimmed(Padding(Group(*parts), _INDENT)))
    for command in _next(progress, judgement, folder, round_.rerun_seeds):
        console.print()
        # In one piece, however narrow the terminal is: it will be pasted.
        console.print(Text("  Next  ", style="bold") + Text(safe(command)), soft_wrap=True)


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
        about = _about(first)
        alone = len(judgement.studies) == 1 and not first.hyperparameter
        # Its first sentence: what to do about it stands with the finding below.
        said = _sentences(first.message)[0]
        rows.append(("But", said if alone or not about else f"{about}: {said}"))
    # What speaks against an adoption belongs beside it: a person acts on the answer.
    adopted = [c for c in judgement.comparisons if c.verdict is Verdict.ADOPT]
    rows += [("But", line) for line in dict.fromkeys(w for c in adopted for w in warned(c))]
    return _labelled(rows, console)


def _studies(round_: Round, judgement: Judgement, console: Console) -> RenderableType:
    """A table; where naming the baseline makes it too wide, without its name; or as lines."""
    compared = {comparison.study: comparison for comparison in judgement.comparisons}
    names = ["study", "trials", "feasible", "best", "epoch"]
    seeds = {len(summary.reruns.values) for summary in judgement.studies if summary.reruns}
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
    if reruns is None:
        return "–"
    spread = f" ± {number(reruns.sd, 2)}" if reruns.sd is not None else ""
    seeds = f" ({count(len(reruns.values), 'seed')})" if with_count else ""
    of = f" (of trial {reruns.trial})" if is_stale(summary) else ""
    return f"{number(reruns.mean)}{spread}{seeds}{of}"


def _against(comparison: Comparison | None) -> str:
    if comparison is None:
        return "baseline"
    if comparison.interval95 is None:
        return signed(comparison.difference)
    low, high = (signed(end) for end in comparison.interval95)
    return f"{signed(comparison.difference)} [{low}, {high}]"


def _findings(findings: tuple[Finding, ...], console: Console) -> RenderableType:
    """One row a finding; what to use beside it, or below where that would squeeze the text."""
    rows: list[tuple[Text, str, str, str]] = []
    before: set[str] = set()
    for finding in findings:
        warning = finding.severity is Severity.WARNING
        mark = Text("!" if warning else "·", style="bold yellow" if warning else "dim")
        given = suggestion(finding.hyperparameter, finding.suggestion)
        said = safe(_not_said(finding, before))
        rows.append((mark, finding.kind.value, said, safe(f"use  {given}" if given else "")))
    if console.width < _LEAST_FOR_FINDINGS:
        return stacked(
            (mark + Text(f" {kind}"), [said, use] if use else [said])
            for mark, kind, said, use in rows
        )
    kinds, uses = (max(len(row[column]) for row in rows) for column in (1, 3))
    beside = console.width - _INDENT[-1] - kinds - uses - 3 * _GAP - 1 >= _LEAST_FOR_TEXT
    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, _GAP, 0, 0))
    for _ in range(2):
        table.add_column(no_wrap=True)
    table.add_column(ratio=1, overflow="fold")
    if beside:
        table.add_column(overflow="fold")
    for mark, kind, said, use in rows:
        text, values = Text(said), Text(use, style="cyan")
        if beside:
            table.add_row(mark, Text(kind), text, values)
        else:
            table.add_row(mark, Text(kind), Text("\n").join([text, values]) if use else text)
    return table


def _about(finding: Finding) -> str:
    """The study and hyperparameter of a finding; a joint study's key may be its range's name."""
    return ", ".join(dict.fromkeys(filter(None, (finding.study, finding.hyperparameter))))


def _not_said(finding: Finding, before: set[str]) -> str:
    """A finding without the advice that stands with one above it."""
    first, *rest = _sentences(finding.message)
    new = [first, *(sentence for sentence in rest if sentence not in before)]
    before.update(rest)
    about = _about(finding)
    return f"{about}: {' '.join(new)}" if about else " ".join(new)


def _sentences(text: str) -> list[str]:
    return _SENTENCE_END.split(text)


def _next(progress: Progress, judgement: Judgement, folder: str, planned_seeds: int) -> list[str]:
    """The commands that bring the round further."""
    if progress.ended < progress.planned:
        return [typed("tuneplay", "run", folder)]
    if any(c.verdict is Verdict.NEEDS_RERUNS and c.needs_seeds for c in judgement.comparisons):
        # Reruns that failed, or repeat another one, have ended: the same number again adds none.
        current = [s.reruns for s in judgement.studies if s.reruns and not is_stale(s)]
        ended = [reruns.trained for reruns in current if reruns.trained >= planned_seeds]
        more = ["--seeds", str(max(ended) + MIN_USABLE)] if len(ended) > 1 else []
        return [typed("tuneplay", "rerun", folder, *more)]
    needed = [more_seeds(c) for c in judgement.comparisons if c.needs_seeds and c.seeds_needed]
    return [typed("tuneplay", "rerun", folder, "--seeds", str(max(needed)))] if needed else []


def _labelled(rows: list[tuple[str, str]], console: Console) -> RenderableType:
    if console.width < LEAST_COLUMNS:
        return stacked((Text(label, style="bold"), [safe(text)]) for label, text in rows)
    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True, style="bold")
    table.add_column(overflow="fold")
    for label, text in rows:
        table.add_row(label, Text(safe(text)))
    return table
