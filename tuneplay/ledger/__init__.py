"""The ledger: one append-only file that is the truth about a round."""
