"""Keeping and reading the Access Register (P14, R32-R36): who has which level, one line or many, now and earlier."""
