"""Everything that needs Optuna; no other package imports it.

Each scientific configuration is one `optuna.Study` in memory, rebuilt from the ledger.
"""
