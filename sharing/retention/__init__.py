"""How long things are kept, and their disposal (P5, R13): schedules, disposing by them, and again after a restore."""
