"""One's own lines and duties: where, why, from whom, until when; leaving a register (R36, A18)."""
