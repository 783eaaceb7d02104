"""Coordinating a round: one process that starts its trials, follows them and records their ends."""
