"""What several test files need: the bench, waiting, a terminal, specs. Nothing here is a test."""
