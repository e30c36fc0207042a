"""A report about those who look at reports: nobody closes or judges what is said of themselves (P17, R41)."""
