"""Records taken away and destroyed (R14, R15)."""
