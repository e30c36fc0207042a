"""Unusual patterns in the ledger (R43, P17): `rules.py` what is unusual, `facts.py` what happened, `raising.py` both
put together."""
