"""The two sites read side by side: figures, dates, suppression and releases are the same (R31, R40; docs/adr/0022)."""
