"""Who may see a child's record today, and why: for heads, and for officers under a duty (R5, R9, R18, R35)."""
