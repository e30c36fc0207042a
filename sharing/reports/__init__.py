"""Standard reports: gathered from published figures, drawn as PDF, made by the worker (R1, R12, R22, R31)."""
