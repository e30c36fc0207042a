"""Files and printed pages with records of children or staff: gathered, drawn, encrypted, kept for a day (R14, R15)."""
