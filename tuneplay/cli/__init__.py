"""The words a person types: one file a command, no logic. Everything heavy is imported late."""
