"""The termly review of the Access Register (R35, R36): days set, lines confirmed, and what a missed day does."""
