"""How long what is kept, and its disposal (P5, R13): schedules, disposing by them, doing so again after a restore."""
