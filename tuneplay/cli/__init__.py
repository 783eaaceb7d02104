"""What a person types: one file for each command, no logic. Heavy imports come late."""
