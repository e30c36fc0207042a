"""The termly review of the Access Register (R35, R36): setting days, confirming lines, and what a missed day does."""
