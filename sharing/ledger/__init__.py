"""The ledger (R43): what is written, its words, its signed heads, and the proof that nobody has changed it."""
