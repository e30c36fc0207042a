"""The attacker: reads nothing but published folders of statistics, and tries to find out about pupils (R11).

It shares no code with the builder of the folders, so that a mistake made there is not repeated here. What it tries, and
its honest limits: docs/statistics-attacks.md. Only `witness.py` is for an auditor, who has the pupils as well.
"""

from sharing.attacker.attack import OwnSchool, attack
from sharing.attacker.verdict import Attempt, Verdict

__all__ = ["Attempt", "OwnSchool", "Verdict", "attack"]
