"""`tuneplay explain`."""

from __future__ import annotations

from typing import Annotated

import typer

from tuneplay.cli.arguments import JsonOption, print_json

#: Lines longer than this are hard to read.
_MOST_COLUMNS = 100

KindArgument = Annotated[
    str | None,
    typer.Argument(
        metavar="[KIND]",
        help="A kind of finding, a verdict, or a rule of design. "
        "Grounds and cautions of a verdict are said in full in the report.",
        show_default=False,
    ),
]


def explain(kind: KindArgument = None, json: JsonOption = False) -> None:
    """Explain a finding, a verdict or a rule of design; without KIND, list all of them."""
    import shutil

    from tuneplay.app.explain import explain_all, explain_one
    from tuneplay.render.explanation import explanation_json, explanation_list, explanation_text

    width = min(shutil.get_terminal_size().columns, _MOST_COLUMNS)
    if kind is None:
        found = explain_all()
        if json:
            print_json([explanation_json(one) for one in found])
        else:
            print(explanation_list(found, width))
        return
    explanation = explain_one(kind)
    if json:
        print_json(explanation_json(explanation))
    else:
        print(explanation_text(explanation, width))
