"""Opening a round: finding it, reading its spec and its ledger; nothing is written."""
