"""What `tuneplay init` says about the draft that it wrote."""

from __future__ import annotations

from collections.abc import Sequence

from tuneplay.words.text import count, safe, typed


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
        spec: The spec.
        round_: What other commands are given.
        studies: The keys of its studies.
        nuisance: What is tuned.
        edits: Its lines that ask to be edited.
        options: How many options the script showed; None where it was not read, or in vain.
    """
    lines = [f"Wrote {spec}."]
    if options is not None:
        lines.append(f"The script's help tells {count(options, 'option')}.")
    several = len(studies) > 1
    lines.append(f"Compares {', '.join(studies)}." if several else "Compares nothing, only tunes.")
    if nuisance:
        lines.append(f"Tunes {', '.join(nuisance)}.")
    if edits:
        lines.append(f"To be edited: {count(len(edits), 'place')}, marked EDIT.")
    if any("EDIT-ME" in edit for edit in edits):
        lines.append("What is marked EDIT-ME has to be edited before it can start.")
    lines += ["", f"Next  edit {spec}", f"      {typed('tuneplay', 'check', round_)}"]
    print(safe("\n".join(lines)))
