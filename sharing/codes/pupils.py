"""Codes of pupils in the census, the CTF and the results files (formats page 11)."""

from collections.abc import Mapping
from typing import Final

from sharing.codes.languages import LANGUAGE

ENROL_STATUS: Final[Mapping[str, str]] = {
    "C": "Registered at this school only",
    "M": "Dual registration, this is the main school",
    "S": "Dual registration, this is the subsidiary school",
    "F": "At a further education college",
    "O": "At another provider",
    "G": "Guest: attends some sessions, not registered here",
    "P": "Previously registered here",
}

SEX: Final[Mapping[str, str]] = {"F": "Female", "M": "Male"}

NC_YEARS: Final[Mapping[str, str]] = {
    "E1": "Early first year",
    "E2": "Early second year",
    "N1": "Nursery first year",
    "N2": "Nursery second year",
    "R": "Reception",
    **{str(year): f"Year {year}" for year in range(1, 15)},
    "X": "National Curriculum not followed",
}

YEARS_AFTER_RECEPTION: Final[Mapping[str, int]] = {
    "N1": -2, "N2": -1, "R": 0, **{str(year): year for year in range(1, 15)},
}  # fmt: skip
_NC_YEAR_AFTER: Final = {years: code for code, years in YEARS_AFTER_RECEPTION.items()}
_NC_YEAR_ORDER: Final = {code: place for place, code in enumerate(NC_YEARS)}

ETHNICITY: Final[Mapping[str, str]] = {
    "WBRI": "White - British",
    "WIRI": "White - Irish",
    "WIRT": "White - Irish Traveller",
    "WROM": "Gypsy / Roma",
    "WOTH": "Any other White background",
    "MWBC": "White and Black Caribbean",
    "MWBA": "White and Black African",
    "MWAS": "White and Asian",
    "MOTH": "Any other mixed background",
    "ABRI": "Asian - British",
    "AWEL": "Asian - Welsh",
    "AIND": "Indian",
    "APKN": "Pakistani",
    "ABAN": "Bangladeshi",
    "AOTH": "Any other Asian background",
    "BBRI": "Black - British",
    "BWEL": "Black - Welsh",
    "BCRB": "Black Caribbean",
    "BAFR": "Black - African",
    "BOTH": "Any other Black background",
    "CHNE": "Chinese",
    "OOTH": "Any other ethnic group",
    "REFU": "Refused",
    "NOBT": "Not yet obtained",
}

# A council may let its schools use finer codes; statistics always use the main one.
_EXTENDED_ETHNICITY: Final = {
    "WBRI": "WCOR WENG WNIR WSCO WWEL WOWB",
    "WROM": "WROG WROR WROO",
    "WOTH": "WALB WBOS WCRO WGRE WGRK WGRC WITA WKOS WPOR WSER WTUR WTUK WTUC WEUR WEEU WWEU WOTW",
    "MWAS": "MWAP MWAI MWAO",
    "MOTH": "MAOE MABL MACH MBOE MBCH MCOE MWOE MWCH MOTM",
    "APKN": "AMPK AKPA AOPK",
    "AOTH": "AAFR AKAO ANEP ASNL ASLT ASRO AOTA",
    "BAFR": "BANN BCON BGHA BNGN BSLN BSOM BSUD BAOF",
    "BOTH": "BEUR BNAM BOTB",
    "CHNE": "CHKC CMAL CSNG CTWN COCH",
    "OOTH": "OAFG ORAB OARA OEGY OFIL OIRN OIRQ OJPN OKOR OKRD OLAM OLEB OLIB OMAL OMRC OPOL OTHA OVIE OYEM OOEG",
}

_MAIN_ETHNICITY: Final = {main: main for main in ETHNICITY} | {
    code: main for main, codes in _EXTENDED_ETHNICITY.items() for code in codes.split()
}

# The main groups that the Department publishes; the letter of each, except the last, begins its codes.
ETHNICITY_GROUP: Final[Mapping[str, str]] = {
    "A": "Asian",
    "B": "Black",
    "C": "Chinese",
    "M": "Mixed",
    "W": "White",
    "O": "Any other ethnic group",
    "U": "Refused or not known",
}

# E and K are in use today; A, P and S ended between 2014 and 2018 and occur in old files.
SEN_PROVISION: Final[Mapping[str, str]] = {
    "N": "No special educational need",
    "K": "SEN support",
    "E": "Education, Health and Care plan",
    "A": "School Action (until 2015)",
    "P": "School Action Plus (until 2015)",
    "S": "Statement (until 2018)",
}
NO_NEEDS: Final = "N"  # a provision: such a pupil has no type of need, although most returns do not ask for types

BOARDER: Final[Mapping[str, str]] = {
    "N": "Not a boarder",
    "B": "Boarder",
    "6": "Boarder, six nights a week or fewer",
    "7": "Boarder, seven nights a week",
}

SERVICE_CHILD: Final[Mapping[str, str]] = {
    "Y": "Yes",
    "N": "No",
    "U": "Unknown",
    "R": "Refused",
}

SEN_NEED: Final[Mapping[str, str]] = {
    "SPLD": "Specific learning difficulty",
    "MLD": "Moderate learning difficulty",
    "SLD": "Severe learning difficulty",
    "PMLD": "Profound and multiple learning difficulty",
    "SEMH": "Social, emotional and mental health",
    "SLCN": "Speech, language and communication needs",
    "HI": "Hearing impairment",
    "VI": "Vision impairment",
    "MSI": "Multi-Sensory impairment",
    "PD": "Physical disability",
    "ASD": "Autistic spectrum disorder",
    "DS": "Down syndrome",
    "OTH": "Other difficulty/Disability",
    "NSA": "SEN support but no specialist assessment of type of need",
}

YOUNG_CARER: Final[Mapping[str, str]] = {
    "P": "Identified as a young carer by parent or guardian",
    "S": "Identified as a young carer by school",
    "N": "Not declared (default value)",
}

POST_LOOKED_AFTER: Final[Mapping[str, str]] = {
    "N": "Not declared",
    "A": "Ceased to be looked after through adoption from England and Wales",
    "G": "Ceased to be looked after through a special guardianship order (SGO) from England and Wales",
    "R": "Ceased to be looked after through a residence order (RO) from England and Wales",
    "C": "Ceased to be looked after through a child arrangement order (CAO) from England and Wales",
    "O": "Ceased to be looked after through adoption from state care outside of England and Wales",
}

# Words for facts that a file has changed; other facts go by their names.
CHANGED: Final[Mapping[str, str]] = {
    "upn": "UPN",
    "former_upn": "former UPN",
    "uln": "ULN",
    "needs": "special educational needs",
    "sen_needs": "types of need",
    "meals": "free school meals",
    "results": "attainment",
    "class_name": "class",
    "born_on": "date of birth",
}

OF_A_RECORD: Final[Mapping[str, Mapping[str, str]]] = {
    "sex": SEX,
    "ethnicity": {
        code: ETHNICITY[main] if code == main else f"{ETHNICITY[main]} ({code})"
        for code, main in _MAIN_ETHNICITY.items()
    },
    "language": LANGUAGE,
    "year_group": NC_YEARS,
    "service_child": SERVICE_CHILD,
    "young_carer": YOUNG_CARER,
    "post_looked_after": POST_LOOKED_AFTER,
    "boarder": BOARDER,
}
"""Column of a pupil's record -> what its codes mean: on its page, in files of it, and for who asks for their own."""

RELATIONSHIP: Final[Mapping[str, str]] = {
    "CAR": "Carer",
    "CHM": "Childminder",
    "DOC": "Doctor",
    "FAM": "Other family member",
    "FOF": "Foster father",
    "FOM": "Foster mother",
    "HTC": "Head teacher",
    "OTH": "Other contact",
    "PAF": "Father",
    "PAM": "Mother",
    "REL": "Other relative",
    "RLG": "Religious/Spiritual contact",
    "STF": "Step father",
    "STM": "Step mother",
    "SWR": "Social worker",
    "TCH": "Teacher",
}

TELEPHONE: Final[Mapping[str, str]] = {
    "F": "Fax",
    "H": "Home",
    "A": "Alternate home",
    "M": "Mobile",
    "W": "Work",
    "D": "Minicom (hearing impaired/disabled)",
}


def nc_year_order(code: str) -> int:
    """The sorting position of a year group; an unknown code comes last."""
    return _NC_YEAR_ORDER.get(code, len(_NC_YEAR_ORDER))


def nc_year_before(code: str, years: int) -> str:
    """The year group `years` earlier, for a pupil who went up each year; empty if there was none."""
    if years <= 0 or code not in YEARS_AFTER_RECEPTION:
        return code
    return _NC_YEAR_AFTER.get(YEARS_AFTER_RECEPTION[code] - years, "")


def nc_year_after(code: str, years: int) -> str:
    """The year group `years` later, for a pupil who goes up each year; the same code if there is none above."""
    if years <= 0 or code not in YEARS_AFTER_RECEPTION:
        return code
    return _NC_YEAR_AFTER.get(YEARS_AFTER_RECEPTION[code] + years, code)


def main_ethnicity(code: str) -> str | None:
    """The main code, as used in statistics, for this main or extended code; None if it is unknown."""
    return _MAIN_ETHNICITY.get(code)


def ethnicity_group(code: str) -> str:
    """The main group of a main or extended code; U if it was refused or is unknown."""
    letter = (_MAIN_ETHNICITY.get(code) or "U")[0]
    return letter if letter in ETHNICITY_GROUP else "U"


def ethnicity_codes(group: str) -> frozenset[str]:
    """The main and extended codes of a main group."""
    return frozenset(code for code in _MAIN_ETHNICITY if ethnicity_group(code) == group)
