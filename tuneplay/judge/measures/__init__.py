"""What every room of the judgement measures with: selections, positions, names of metrics."""
