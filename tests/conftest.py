"""What holds for every test: its surroundings, a limit on its time, and a bench to work at."""

import faulthandler
import os

import pytest
from hypothesis import settings
from support.bench import Bench
from support.surroundings import make_neutral
from support.terminal import Gated

make_neutral()

# What guards main must say the same each time; `pytest --hypothesis-profile=explore` looks further.
settings.register_profile("steady", derandomize=True)
settings.register_profile("explore", derandomize=False)
settings.load_profile("steady")

#: Seconds for a test that is marked slow; pyproject.toml has those for the others.
SLOW_LIMIT = 600

#: A test that its limit cannot end (it is inside a library) ends its whole process this much later.
GRACE = 60


#: A file for what a hanging test was doing.
STANDARD_ERROR = pytest.StashKey()


def pytest_configure(config):
    # Standard error itself: pytest captures it while a test runs.
    config.stash[STANDARD_ERROR] = os.fdopen(os.dup(2), "w")


def pytest_unconfigure(config):
    config.stash[STANDARD_ERROR].close()


def pytest_collection_modifyitems(items):
    for item in items:
        if item.get_closest_marker("slow") and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(SLOW_LIMIT))


def limit_of(item):
    """The seconds that a test may take."""
    given = item.config.getoption("timeout")
    own = item.get_closest_marker("timeout")
    if given == 0 or own is None:
        return float(item.config.getini("timeout") if given is None else given)
    return float(own.args[0])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    limit = limit_of(item)
    if limit:  # `--timeout 0`: somebody uses a debugger
        file = item.config.stash[STANDARD_ERROR]
        faulthandler.dump_traceback_later(limit + GRACE, exit=True, file=file)
    try:
        return (yield)
    finally:
        faulthandler.cancel_dump_traceback_later()


@pytest.fixture
def bench(tmp_path):
    """A folder to run tuneplay in; what was started there ends with the test."""
    made = Bench(tmp_path)
    yield made
    made.end()


@pytest.fixture
def gated(bench):
    """A round whose trials wait in their third epoch until the gate is opened."""
    return Gated(bench)
