"""The two sites read side by side: the same figure, date, suppression and release on both (R31, R40; docs/adr/0022)."""
