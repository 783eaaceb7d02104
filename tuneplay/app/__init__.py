"""Use cases: what tuneplay does, wired from the edges and the rules."""
