"""Codes of attainment (formats page 5 and the CTF's stage assessments)."""

from collections.abc import Mapping
from typing import Final

# In the order in which a child comes to them.
KEY_STAGE: Final[Mapping[str, str]] = {
    "FS": "Early years foundation stage profile",
    "PH": "Phonics screening check",
    "K1": "Key stage 1",
    "MT": "Multiplication tables check",
    "K2": "Key stage 2",
    "K4": "Key stage 4",
}
RESULT_STATUS: Final[Mapping[str, str]] = {"R": "", "P": "provisional", "E": "estimate", "T": "target"}
