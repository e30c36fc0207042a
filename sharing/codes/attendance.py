"""Codes of attendance, suspension and exclusion (formats page 11)."""

from collections.abc import Mapping
from typing import Final

AUTHORISED_ABSENCE: Final[Mapping[str, str]] = {
    "I": "Illness",
    "M": "Medical or dental appointment",
    "R": "Religious observance",
    "S": "Study for a public examination",
    "T": "Parent travelling for work",
    "E": "Suspended or excluded, no other provision made",
    "C": "Exceptional circumstances",
    "C1": "Regulated performance or employment abroad",
    "C2": "Part-time timetable",
    "J1": "Interview for employment or admission",
    "H": "Holiday granted by the school (until August 2024)",
}

UNAUTHORISED_ABSENCE: Final[Mapping[str, str]] = {
    "G": "Holiday not granted by the school",
    "N": "Reason not yet established",
    "O": "Other or unknown circumstances",
    "U": "Arrived after registration closed",
}

ABSENCE: Final[Mapping[str, str]] = {**AUTHORISED_ABSENCE, **UNAUTHORISED_ABSENCE}

NOT_ABSENT: Final = frozenset(("/", "\\", *"BDJKLPQVWXYZ#", *(f"Y{number}" for number in range(1, 8))))
"""Attended here or elsewhere, or no session of the pupil's. J, an interview until August 2024, was an approved activity
(`reason_j_aea_interview` in the Department's attendance statistics); J1 is absence with leave."""

TERM: Final[Mapping[str, str]] = {"AUT": "Autumn", "SPR": "Spring", "SUM": "Summer"}

EXCLUSION_CATEGORY: Final[Mapping[str, str]] = {
    "PERM": "Permanent",
    "LNCH": "Lunchtime",
    "SUSP": "Suspension",
    "FIXD": "Suspension (fixed period, until 2020)",
}

EXCLUSION_REASON: Final[Mapping[str, str]] = {
    "PP": "Physical assault against a pupil",
    "PA": "Physical assault against an adult",
    "VP": "Verbal abuse/threatening behaviour against a pupil",
    "VA": "Verbal abuse/threatening behaviour against an adult",
    "OW": "Use or threat of use of an offensive weapon or prohibited item",
    "BW": "Found to have brought a weapon or prohibited item into school",
    "BU": "Bullying",
    "TB": "Cyber-bullying or threatening behaviour online",
    "RA": "Racist abuse including bullying",
    "LG": "Abuse against sexual orientation and gender identity including bullying",
    "DS": "Abuse relating to disability including bullying",
    "SM": "Sexual misconduct",
    "SB": "Harmful sexual behaviour",
    "MB": "Misogynistic behaviour",
    "AB": "Misandry behaviour",
    "DR": "Drug related",
    "AR": "Alcohol related",
    "SR": "Smoking related",
    "VR": "Vape related",
    "DA": "Drug and alcohol related",
    "DM": "Damage to property",
    "TH": "Theft",
    "LD": "Persistent disruptive behaviour - low level disruption",
    "CB": "Persistent disruptive behaviour - challenging behaviour",
    "DB": "Persistent or general disruptive behaviour",
    "MT": "Inappropriate use of social media or online technology",
    "MP": "Use of mobile phone",
    "OS": "Misbehaviour outside of school",
    "PH": "Wilful and repeated transgression of protective measures in place to protect public health",
}
