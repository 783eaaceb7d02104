"""Results out: terminal and JSON. Draws what was computed elsewhere."""
