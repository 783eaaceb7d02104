"""The plan: which points are trained, with which seeds, in which order. Pure."""
