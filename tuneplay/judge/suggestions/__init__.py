"""Values for the next spec: new ranges and lists, within limits."""
