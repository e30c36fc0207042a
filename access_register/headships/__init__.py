"""Who is head (R32, R35, A7, A10): the first head, the headship handed over, and what hangs on it in the database."""
