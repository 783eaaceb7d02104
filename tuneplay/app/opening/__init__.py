"""Opening a round: where it is, its spec and its ledger, and what it runs on. No ledger is written."""
