# shellcheck shell=sh
# Sourced by the other scripts: makes .venv with an extra installed, unless it is up to date.
#
# usage: . scripts/environment.sh; environment EXTRA
environment() {
    python=${PYTHON:-python3}
    "$python" - <<'CHECK' || return 1
import sys
if sys.version_info < (3, 11):
    sys.exit(f"tuneplay needs Python 3.11 or newer; this is {sys.version.split()[0]}. Set PYTHON=.")
CHECK
    if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
        echo "making .venv"
        rm -rf .venv
        "$python" -m venv .venv || {
            echo "cannot make .venv; on Debian: apt-get install python3-venv" >&2
            return 1
        }
    fi
    stamp=.venv/installed-$1
    if ! cmp -s pyproject.toml "$stamp"; then
        echo "installing tuneplay[$1] into .venv"
        .venv/bin/python -m pip install --quiet --disable-pip-version-check --editable ".[$1]" ||
            return 1
        cp pyproject.toml "$stamp"
    fi
    PATH=$PWD/.venv/bin:$PATH
    export PATH
}
