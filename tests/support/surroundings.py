"""The same surroundings for every test, whatever the shell, the script or the service before it set.

Signals that a shell told its background processes to ignore, variables that change colours or
widths, a folder that nobody but the owner may read: a child inherits all of them.
"""

import os
import signal
import time
from contextlib import suppress

from support.places import ROOT

#: Python ignores these itself, and gives them back to the children it starts.
OF_PYTHON = {signal.SIGPIPE, signal.SIGXFSZ}

#: Variables that change what a command prints or does, and variables of the shell that started us.
CHANGING = {
    *("CI", "GITHUB_ACTIONS", "TERM", "COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR"),
    *("CLICOLOR", "CLICOLOR_FORCE", "COLORTERM", "TTY_COMPATIBLE", "TTY_INTERACTIVE"),
    *("CUDA_VISIBLE_DEVICES", "NVIDIA_VISIBLE_DEVICES", "LANG", "LANGUAGE", "POSIXLY_CORRECT"),
    *("ENV", "BASH_ENV", "CDPATH", "API_KEY", "TOKEN"),
}
CHANGING_FAMILIES = ("TUNEPLAY_", "PYTHON", "LC_", "GIT_", "OMP_", "MKL_", "OPENBLAS_")

#: What every test finds: English, UTF-8, one time zone, and no settings of the person's git.
FIXED = {
    "LANG": "C.UTF-8",
    "TZ": "UTC",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}


def neutral(environ):
    """An environment without what changes behaviour, in which `tuneplay` is the one of this tree."""
    rest = {
        name: value
        for name, value in environ.items()
        if name not in CHANGING and not name.startswith(CHANGING_FAMILIES)
    }
    # Of a folder that may not be searched, the system says "permission denied" for any program.
    rest["PATH"] = os.pathsep.join(
        entry for entry in environ["PATH"].split(os.pathsep) if os.access(entry, os.X_OK)
    )
    entries = [entry for entry in environ.get("PYTHONPATH", "").split(os.pathsep) if entry]
    path = [str(ROOT), *(os.path.abspath(entry) for entry in entries)]
    return rest | FIXED | {"PYTHONPATH": os.pathsep.join(dict.fromkeys(path))}


def make_neutral():
    """Give this process, and so every child, the surroundings that tests are written for."""
    os.environ.update(changed := neutral(os.environ))
    for name in set(os.environ) - set(changed):
        del os.environ[name]
    for name in CHANGING - set(changed):
        os.unsetenv(name)  # readline sets COLUMNS and LINES where os.environ does not see them
    time.tzset()
    os.umask(0o022)
    hear_signals()
    open_standard_streams()


def hear_signals():
    """Let children get every signal, although this process may go on to ignore some.

    Under nohup, and in the background of a script, a process ignores SIGHUP or SIGINT, and what it
    starts inherits that. A handler is not inherited: one that does nothing leaves this process as
    it was, and gives its children the default.
    """
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    for number in signal.valid_signals() - OF_PYTHON:
        if signal.getsignal(number) is signal.SIG_IGN:
            with suppress(OSError):  # of SIGKILL and SIGSTOP nobody decides
                signal.signal(number, lambda *_: None)


def open_standard_streams():
    """Open what was closed (`pytest <&-`), or the next file takes the number of standard input."""
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            opened = os.open(os.devnull, os.O_RDWR)
            if opened != number:
                os.dup2(opened, number)
                os.close(opened)
            os.set_inheritable(number, True)
