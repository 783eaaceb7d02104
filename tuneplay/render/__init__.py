"""Output for the terminal and as JSON; everything shown was computed elsewhere."""
