"""Was the training long enough, and sound? Epoch budgets and curves."""
