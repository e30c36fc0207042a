"""Emails: how they are written, kept and posted, and those about the shared data (R7, R14, R18)."""
