"""Why a child left a school: LeavingReason of the CTF (formats 1.6; the labels are our reading of the codes)."""

from collections.abc import Mapping
from typing import Final

EXCLUDED: Final = "PE"
DIED: Final = "DD"
LEAVING_REASON: Final[Mapping[str, str]] = {
    "NT": "Moved to another school at the usual time",
    "IM": "Moved to another maintained school or academy within the authority",
    "IF": "Moved to a further education college within the authority",
    "II": "Moved to an independent school within the authority",
    "PM": "Moved to a maintained school or academy elsewhere",
    "PF": "Moved to a further education college elsewhere",
    "PI": "Moved to an independent school elsewhere",
    "EL": "Educated at home",
    "AT": "Moved to alternative provision",
    "OR": "Moved abroad",
    EXCLUDED: "Permanently excluded",
    "LC": "Left after compulsory school age for work",
    "NE": "Left after compulsory school age, not in education",
    "NH": "Left on the advice of a doctor",
    "NU": "Left for another known reason",
    DIED: "Has died",
    "MI": "Missing: nobody knows where the child is",
    "UK": "Not known",
}
