"""Processes: starting trials so that they survive the coordinator, and finding them again."""
