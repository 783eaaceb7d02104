"""A running round as a live table."""

from __future__ import annotations

from collections.abc import Callable

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from tuneplay.domain.progress import Progress, StudyProgress
from tuneplay.domain.trial import State, Trial, TrialId
from tuneplay.render.event_lines import describe
from tuneplay.render.fitting import first_that_fits, stacked
from tuneplay.words.numbers import count, number
from tuneplay.words.text import duration, safe

#: Seconds between two drawings: smooth to the eye, and hardly any work.
_INTERVAL = 0.25

#: Running trials that are listed; further ones are only counted.
_LISTED = 12

#: Widths of a progress bar to try, the widest first.
_BARS = (20, 10, 0)


class LiveView:
    """Redraws a table in place; trials that went wrong stay above it as lines."""

    interval: float | None = _INTERVAL

    def __init__(self, console: Console) -> None:
        self._console = console
        self._gone = False
        self._live = Live(console=console, auto_refresh=False, transient=True)
        self._metric = ""

    def opened(self, progress: Progress, workdir: str) -> None:
        """Start to draw."""
        self._metric = progress.objective.metric
        verb = "Continuing" if progress.ended or progress.running else "Starting"
        self._line(f"{verb} {progress.name}: {progress.goal}", "bold")
        self._guard(self._live.start)
        self._guard(lambda: self._live.update(draw(progress, self._console), refresh=True))

    def started(self, trial: TrialId, attempt: int, *, resumed: bool) -> None:
        """A trial that was found running gets a line."""
        if resumed:
            self.remark(f"found {trial} still running")

    def ended(self, trial: Trial, progress: Callable[[], Progress]) -> None:
        """A trial that is not feasible gets a line."""
        if not trial.feasible:
            style = "yellow" if trial.outcome.state is State.INFEASIBLE else "red"
            self._line(f"{trial.id} {describe(trial, self._metric)}", style)

    def remark(self, text: str) -> None:
        """Print a line above the table."""
        self._line(text, "dim")

    def tick(self, progress: Callable[[], Progress]) -> None:
        """Redraw."""
        self._guard(lambda: self._live.update(draw(progress(), self._console), refresh=True))

    def close(self) -> None:
        """Remove the table and show the cursor again."""
        self._guard(self._live.stop)

    def _line(self, text: str, style: str) -> None:
        self._guard(lambda: self._console.print(Text(safe(text), style=style)))

    def _guard(self, action: Callable[[], object]) -> None:
        """Draw, unless the terminal is closed; the training continues without it."""
        if self._gone:
            return
        try:
            action()
        except OSError:
            self._gone = True


def draw(progress: Progress, console: Console) -> RenderableType:
    """The live table: studies, running trials, and a summary."""
    drawn: list[RenderableType] = [_studies(progress, console)]
    if progress.running:
        drawn.append(_running(progress, console))
    drawn.append(_summary(progress))
    if progress.stopping:
        drawn.append(Text(f"Stopping: {progress.stopping}", style="bold yellow"))
    return Group(*drawn)


def _studies(progress: Progress, console: Console) -> RenderableType:
    """A table with the widest bar that fits, and every count; or else lines."""
    fitting = first_that_fits(console, *(_study_table(progress, bar) for bar in _BARS))
    if fitting is not None:
        return fitting
    return stacked((Text(safe(study.key), style="bold"), [_in_words(study)])
                   for study in progress.studies)  # fmt: skip


def _in_words(study: StudyProgress) -> str:
    counts = {"infeasible": study.infeasible, "failed": study.failed}
    more = [f"{number} {state}" for state, number in counts.items() if number]
    done = f"{study.ended}/{study.planned} done"
    return ", ".join((done, *more, f"best {number(study.best)}"))


def _study_table(progress: Progress, columns: int) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("study", no_wrap=True)
    if columns:
        table.add_column("", no_wrap=True)
    for name in ("done", "feasible", "infeasible", "failed"):
        table.add_column(name, justify="right")
    metric = f" {safe(progress.objective.metric)}" if columns else ""
    table.add_column(f"best{metric}", justify="right")
    best = progress.best
    for study in progress.studies:
        full = columns * min(study.ended, study.planned) // max(study.planned, 1)
        bar = Text("━" * full, style="green").append("━" * (columns - full), style="dim")
        style = "bold green" if best is not None and study.key == best.key else ""
        table.add_row(
            Text(safe(study.key)),
            *([bar] if columns else []),
            f"{study.ended}/{study.planned}",
            str(study.feasible),
            Text(str(study.infeasible), style="yellow" if study.infeasible else ""),
            Text(str(study.failed), style="red" if study.failed else ""),
            Text(number(study.best), style=style),
        )
    return table


def _running(progress: Progress, console: Console) -> RenderableType:
    rows: list[tuple[str, ...]] = []
    for trial in progress.running[:_LISTED]:
        again = f" (attempt {trial.attempt})" if trial.attempt > 1 else ""
        epoch = "–" if trial.epoch is None else f"{trial.epoch}/{progress.epochs}"
        name = safe(f"{trial.id}{again}")
        rows.append((name, epoch, number(trial.objective), duration(trial.seconds)))
    if len(progress.running) > _LISTED:
        rows.append((f"and {len(progress.running) - _LISTED} more", "", "", ""))
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("running", "epoch", safe(progress.objective.metric), "time"):
        table.add_column(name, justify="left" if name == "running" else "right", no_wrap=True)
    for row in rows:
        table.add_row(*map(Text, row))
    return first_that_fits(console, table) or stacked(
        (Text(name), ["  ".join(rest).strip()]) for name, *rest in rows
    )


def _summary(progress: Progress) -> Text:
    facts = [f"{progress.ended} of {count(progress.planned, 'trial')}"]
    best = progress.best
    if best is not None:
        facts.append(f"best {number(best.best)} ({safe(str(best.best_trial))})")
    if progress.seconds_left is not None and progress.ended < progress.planned:
        facts.append(f"{duration(progress.seconds_left)} left")
    return Text(" · ".join(facts), style="bold")
