"""An invented Bradford of the true size: its schools, every child and member of staff, and three years of history.

Nobody in it exists. Sizes and shares are those in formats page 12.
"""

from sharing.demo.bradford.filling import AlreadyThere, Filled, HoldsRealData, fill
from sharing.demo.bradford.places import BRADFORD, PUPILS

__all__ = ["BRADFORD", "PUPILS", "AlreadyThere", "Filled", "HoldsRealData", "fill"]
