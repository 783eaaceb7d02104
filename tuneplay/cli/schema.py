"""`tuneplay schema`."""

from __future__ import annotations

from typing import Annotated

import typer

from tuneplay.cli.arguments import print_json

WriteOption = Annotated[
    bool,
    typer.Option(
        "--write", help="Write it to .tuneplay/spec.schema.json, the file that specs refer to."
    ),
]


def schema(write: WriteOption = False) -> None:
    """Print the JSON Schema of a spec; editors use it to complete and check specs."""
    from tuneplay.app.schema import SCHEMA_FILE, spec_schema, write_schema

    if write:
        write_schema(SCHEMA_FILE)
        print(f"Wrote {SCHEMA_FILE}.")
    else:
        print_json(spec_schema())
