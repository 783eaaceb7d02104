"""What `tuneplay init` says about the draft that it has written."""

from __future__ import annotations

from collections.abc import Sequence

from tuneplay.words.numbers import count
from tuneplay.words.text import safe, typed


def print_draft(
    spec: str,
    round_: str,
    studies: Sequence[str],
    nuisance: Sequence[str],
    edits: Sequence[str],
    options: int | None,
) -> None:
    """Say what was written, what is left to edit, and what to do next.

    Args:
        spec: The spec's file.
        round_: The round as other commands take it.
        studies: The keys of its studies.
        nuisance: What is tuned.
        edits: The lines marked for editing.
        options: Options that the script's help lists; None if it could not be read.
    """
    lines = [f"Wrote {spec}."]
    if options is not None:
        lines.append(f"The script's help lists {count(options, 'option')}.")
    several = len(studies) > 1
    lines.append(
        f"Compares {', '.join(studies)}." if several else "Compares nothing; it only tunes."
    )
    if nuisance:
        lines.append(f"Tunes {', '.join(nuisance)}.")
    if edits:
        lines.append(f"Edit {count(len(edits), 'place')}, marked EDIT.")
    if any("EDIT-ME" in edit for edit in edits):
        lines.append("The round cannot start until every EDIT-ME is replaced.")
    lines += ["", f"Next  edit {spec}", f"      {typed('tuneplay', 'check', round_)}"]
    print(safe("\n".join(lines)))
