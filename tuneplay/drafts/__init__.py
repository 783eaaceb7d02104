"""The first draft of a spec: a script's options, sorted into roles, as commented YAML."""
