"""Runs a command and turns every error into a message and an exit code, never a traceback."""

from __future__ import annotations

import errno
import os
import sys
import tempfile
import traceback

import typer

from tuneplay.cli import check, explain, init, report, rerun, run, schema, status
from tuneplay.cli.streams import flush, prepare, say
from tuneplay.errors import ExitCode, TuneplayError

app = typer.Typer(
    name="tuneplay",
    help="Rounds of trainings that answer: does this change help?",
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
app.command("explain")(explain.explain)
app.command("schema")(schema.schema)


@app.callback(invoke_without_command=True)
def tuneplay(
    version: bool = typer.Option(False, "--version", help="Print the version and exit."),
) -> None:
    """Rounds of trainings that answer: does this change help?"""
    if version:
        from importlib.metadata import version as version_of

        print(f"tuneplay {version_of('tuneplay')}")
        raise typer.Exit


def main() -> None:
    """Run a command and exit with its documented code."""
    prepare()
    code = _guarded()
    error = flush(sys.stdout)
    if error is not None and error.errno != errno.EPIPE and code == ExitCode.DONE:
        code = _unwritable(error)
    flush(sys.stderr)  # what cannot be written there changes no exit code
    sys.exit(code)


def _guarded() -> int:
    try:
        os.getcwd()
    except OSError:
        say("tuneplay: the current folder no longer exists", "Change to a folder that exists.")
        return ExitCode.USAGE
    try:
        result = app(standalone_mode=False)
    except TuneplayError as error:
        say(f"tuneplay: {error.message}", error.hint)
        return error.exit_code
    except OSError as error:
        return _refused(error)
    except SystemExit as leaving:
        # click exits with 1 when the reader of a pipe has left; for us that is not an error.
        if isinstance(leaving.__context__, BrokenPipeError):
            return ExitCode.DONE
        raise
    except (KeyboardInterrupt, typer.Abort):
        say("tuneplay: interrupted")
        return ExitCode.INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the last guard: no user sees a traceback
        if hasattr(error, "format_message"):
            return _usage(error)
        return _defect(error)
    return int(result or 0)


def _refused(error: OSError) -> int:
    """The system refused something: standard output, or something unforeseen."""
    if isinstance(error, BrokenPipeError):
        return ExitCode.DONE
    if error.filename is None and error.errno in (errno.ENOSPC, errno.EIO):
        return _unwritable(error)
    return _defect(error)


def _unwritable(error: OSError) -> int:
    say(f"tuneplay: standard output cannot be written: {error.strerror}")
    return ExitCode.LEDGER


def _usage(error: Exception) -> int:
    """A wrong option or argument."""
    message = error.format_message() if hasattr(error, "format_message") else str(error)
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "tuneplay"
    if message:
        say(f"tuneplay: {message}", f"See `{path} --help`.")
    return getattr(error, "exit_code", ExitCode.USAGE)


def _defect(error: Exception) -> int:
    """A defect of tuneplay: say so, and save the traceback in a file."""
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="tuneplay-", suffix=".txt", delete=False, encoding="utf-8"
        ) as file:
            traceback.print_exception(error, file=file)
        details = f"Details for a report: {file.name}"
    except OSError as full:
        details = f"Details could not be written: {full.strerror}"
    say(
        f"tuneplay: a defect of tuneplay, not of your round: {type(error).__name__}: {error}",
        f"All recorded results are safe. {details}",
    )
    return ExitCode.INTERNAL
