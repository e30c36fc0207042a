"""Officers and their duties on EduNet (P3, R9, R38): kept, ended, left behind; what one works for in a session (P8)."""
