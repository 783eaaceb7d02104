"""YAML in: a strict reader that turns a spec into a `Round`, or lists everything wrong with it."""
