"""Reading what trials write, while they write it."""
