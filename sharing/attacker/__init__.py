"""The attacker: reads nothing but published folders of statistics, and tries to find out about pupils (R11).

It shares no code with whatever made the folders, so that a mistake made there is not made here again. What is
tried, and its honest limits: docs/statistics-attacks.md. `witness.py` alone is for an auditor,
who holds the pupils as well.
"""

from sharing.attacker.attack import OwnSchool, attack
from sharing.attacker.verdict import Attempt, Verdict

__all__ = ["Attempt", "OwnSchool", "Verdict", "attack"]
