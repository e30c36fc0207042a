"""Unusual patterns in the ledger (R43, P17).

`rules.py` says what is unusual, `facts.py` what happened, and `raising.py` puts both together.
"""
