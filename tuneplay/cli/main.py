"""The entry point: commands in, exit codes out, and never a traceback."""

from __future__ import annotations

import errno
import os
import sys
import tempfile
import traceback

import typer

from tuneplay.cli import check, init, report, rerun, run, schema, status
from tuneplay.errors import ExitCode, TuneplayError

app = typer.Typer(
    name="tuneplay",
    help="Rounds of experiments that answer: does this change help?",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.command("init")(init.init)
app.command("check")(check.check)
app.command("run")(run.run)
app.command("status")(status.status)
app.command("rerun")(rerun.rerun)
app.command("report")(report.report)
app.command("schema")(schema.schema)


@app.callback(invoke_without_command=True)
def tuneplay(
    version: bool = typer.Option(False, "--version", help="Print the version and exit."),
) -> None:
    """Rounds of experiments that answer: does this change help?"""
    if version:
        from importlib.metadata import version as version_of

        print(f"tuneplay {version_of('tuneplay')}")
        raise typer.Exit


def main() -> None:
    """Run a command and exit with its documented code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # A terminal that cannot show a character shows a question mark, not a traceback.
            stream.reconfigure(errors="replace")
    code = _guarded()
    try:
        sys.stdout.flush()
    except (OSError, ValueError):
        # The reader of a pipe has gone; nobody is left to be told.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    sys.exit(code)


def _guarded() -> int:
    try:
        os.getcwd()
    except OSError:
        _say("tuneplay: the current folder is gone", "Change to one that exists.")
        return ExitCode.USAGE
    try:
        result = app(standalone_mode=False)
        sys.stdout.flush()
    except TuneplayError as error:
        _say(f"tuneplay: {error.message}", error.hint)
        return error.exit_code
    except BrokenPipeError:
        return ExitCode.DONE
    except OSError as error:
        if error.filename is None and error.errno in (errno.ENOSPC, errno.EIO):
            _say(f"tuneplay: standard output cannot be written: {error.strerror}", "")
            return ExitCode.LEDGER
        return _defect(error)
    except (KeyboardInterrupt, typer.Abort):
        _say("tuneplay: interrupted", "")
        return ExitCode.INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the last guard: nobody is shown a traceback
        if hasattr(error, "format_message"):
            return _usage(error)
        return _defect(error)
    return int(result or 0)


def _usage(error: Exception) -> int:
    """A wrong option or argument."""
    message = error.format_message() if hasattr(error, "format_message") else str(error)
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "tuneplay"
    if message:
        _say(f"tuneplay: {message}", f"See `{path} --help`.")
    return getattr(error, "exit_code", ExitCode.USAGE)


def _defect(error: Exception) -> int:
    """A defect of tuneplay: say so, keep the traceback in a file, and lose nothing."""
    with tempfile.NamedTemporaryFile(
        "w", prefix="tuneplay-", suffix=".txt", delete=False, encoding="utf-8"
    ) as file:
        traceback.print_exception(error, file=file)
    _say(
        f"tuneplay: a defect of tuneplay, not of your round: {type(error).__name__}: {error}",
        f"What is recorded is safe. Details for a report: {file.name}",
    )
    return ExitCode.INTERNAL


def _say(message: str, hint: str) -> None:
    from tuneplay.render.words import safe

    text = f"{message}\n{hint}" if hint else message
    try:
        print(safe(text), file=sys.stderr, flush=True)
    except (OSError, ValueError):
        return  # standard error is closed: the exit code still says it
