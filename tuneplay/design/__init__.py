"""Rules on the design of a round, from the playbook: pure functions of a `Round`."""
