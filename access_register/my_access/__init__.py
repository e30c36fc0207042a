"""The asker's own lines and duties: where, why, from whom, until when; and leaving a register (R36, A18)."""
