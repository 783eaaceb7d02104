"""The first draft of a spec: what a script's help tells, sorted into roles, as commented YAML."""
