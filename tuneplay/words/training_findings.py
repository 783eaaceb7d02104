"""What is said about findings of judge/training."""
