"""Emails: how one is written, kept and posted, and those about what belongs to the shared data (R7, R14, R18)."""
