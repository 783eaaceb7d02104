"""One attempt of a trial: preparing it, following it, reading what it left."""
