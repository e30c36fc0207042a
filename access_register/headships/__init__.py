"""Who is head (R32, R35, A7, A10): the first head, handing over, and what depends on it in the database."""
