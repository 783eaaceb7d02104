"""What the system hands over to a program: only so much."""

from __future__ import annotations

import os

from tuneplay.errors import CannotStartError
from tuneplay.launch.base import Order

#: Linux takes 32 pages for one argument or variable, with its closing NUL (MAX_ARG_STRLEN); others
#: only limit the sum. In pages.
_LONGEST_PAGES = 32

#: A pointer to each argument. In bytes.
_POINTER = 8

#: The wrapper's own words, a variable or two that a shell adds, and some room. In bytes.
_ROOM = 4_096


def check_length(order: Order) -> None:
    """See whether a command and its environment are short enough to be handed over.

    Raises:
        CannotStartError: They are not.
    """
    variables = [f"{name}={value}" for name, value in order.env.items()]
    sizes = [len(os.fsencode(text)) + 1 for text in (*order.argv, *variables)]
    longest, total = max(sizes), sum(sizes) + len(sizes) * _POINTER + _ROOM
    most, most_of_one = os.sysconf("SC_ARG_MAX"), _LONGEST_PAGES * os.sysconf("SC_PAGE_SIZE")
    if longest > most_of_one:
        what = f"one argument or variable takes {longest:,} bytes of at most {most_of_one:,}"
    elif total > most:
        what = f"its arguments and variables take {total:,} bytes of at most {most:,}"
    else:
        return
    raise CannotStartError(
        f"the train command cannot start: {what}",
        "Hand long values over in a file: {params_json} is one.",
    )
