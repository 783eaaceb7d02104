"""Frozen values that every other part speaks in: no I/O, no clock, nothing but the standard library."""
