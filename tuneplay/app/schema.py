"""`tuneplay schema`: the JSON Schema of a spec, and where editors find it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from tuneplay.errors import UsageError

#: The schema's place below a project's folder. Specs point there by a relative path, which works
#: offline, in every clone, and with any name of the virtual environment.
SCHEMA_FILE = Path(".tuneplay") / "spec.schema.json"


def spec_schema() -> dict[str, Any]:
    """The JSON Schema of a spec."""
    from tuneplay.spec.schema import schema

    return schema()


def schema_file(spec: Path) -> Path:
    """The place of a spec's schema: the current folder, or next to a spec from elsewhere."""
    here = Path.cwd()
    folder = spec.resolve().parent
    return (here if folder.is_relative_to(here) else folder) / SCHEMA_FILE


def schema_link(spec: Path) -> str:
    """The schema's place as seen from a spec's folder, as editors want it."""
    return os.path.relpath(schema_file(spec), spec.resolve().parent).replace(os.sep, "/")


def write_schema(path: Path) -> None:
    """Write the schema of this version, unless it is there.

    Raises:
        UsageError: It cannot be written.
    """
    data = (json.dumps(spec_schema(), indent=1) + "\n").encode()
    try:
        if path.is_file() and path.read_bytes() == data:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    except OSError as error:
        raise UsageError(
            f"{path} cannot be written: {error.strerror}", "Fix the file permissions."
        ) from None
