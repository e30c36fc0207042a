"""Breaches of the protocol and their sanctions (P17, R41): reported, referred, decided by a panel, enacted, lifted."""
