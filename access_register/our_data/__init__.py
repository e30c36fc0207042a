"""Our data, on one page for a head and the governors: who can see it, who has, and what is due (R36, R43)."""
