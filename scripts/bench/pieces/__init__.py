"""What the benchmarks share: studies with a known truth, recorded trainings, and tables."""
