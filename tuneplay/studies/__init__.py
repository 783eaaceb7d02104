"""Optuna: the only package that imports it.

Each scientific configuration is one `optuna.Study`, in memory, rebuilt from the ledger.
"""
