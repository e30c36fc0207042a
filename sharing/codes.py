"""Code lists: what the codes in the Department for Education's files mean.

Each is a mapping from code to label, in the order in which a page should list it. Pupil
codes are text, as in the census; GIAS codes are whole numbers, because some copies of the
file have lost their leading zeros. Source: formats pages 2 and 11, requirements A2.
"""

from collections.abc import Mapping
from typing import Final

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
    "OOTH": "OAFG OARA OEGY OFIL OIRN OIRQ OJPN OKOR OKRD OLAM OLEB OLIB OMAL OMRC OPOL OTHA OVIE OYEM OOEG",
}

_MAIN_ETHNICITY: Final = {main: main for main in ETHNICITY} | {
    code: main for main, codes in _EXTENDED_ETHNICITY.items() for code in codes.split()
}

# E and K are today's; A, P and S ended between 2014 and 2018 and occur in old files.
SEN_PROVISION: Final[Mapping[str, str]] = {
    "N": "No special educational need",
    "K": "SEN support",
    "E": "Education, Health and Care plan",
    "A": "School Action (until 2015)",
    "P": "School Action Plus (until 2015)",
    "S": "Statement (until 2018)",
}

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

# The common ones of some 255; any other code of three or four letters is accepted.
LANGUAGE: Final[Mapping[str, str]] = {
    "ENG": "English",
    "ENB": "Believed to be English",
    "OTH": "Other than English",
    "OTB": "Believed to be other than English",
    "ALB": "Albanian",
    "ARA": "Arabic",
    "BNG": "Bengali",
    "BSL": "British Sign Language",
    "BUL": "Bulgarian",
    "CHI": "Chinese",
    "CZE": "Czech",
    "FRN": "French",
    "GUJ": "Gujarati",
    "HIN": "Hindi",
    "ITA": "Italian",
    "KAS": "Kashmiri",
    "KUR": "Kurdish",
    "LIT": "Lithuanian",
    "LTV": "Latvian",
    "MLM": "Malayalam",
    "PAT": "Pashto",
    "PHR": "Pahari (Pakistan)",
    "PNJ": "Panjabi",
    "PNJA": "Panjabi (any other)",
    "PNJG": "Panjabi (Gurmukhi)",
    "PNJM": "Panjabi (Mirpuri)",
    "PNJP": "Panjabi (Pothwari)",
    "POL": "Polish",
    "POR": "Portuguese",
    "PRS": "Persian",
    "RMI": "Romani (International)",
    "RMN": "Romanian",
    "RUS": "Russian",
    "SHO": "Shona",
    "SLO": "Slovak",
    "SOM": "Somali",
    "SPA": "Spanish",
    "SWA": "Swahili",
    "TAM": "Tamil",
    "TGR": "Tigrinya",
    "TUR": "Turkish",
    "UKR": "Ukrainian",
    "URD": "Urdu",
    "YOR": "Yoruba",
    "REF": "Refused",
    "NOT": "Not obtained",
    "ZZZ": "Classification pending",
}

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
    "J": "Interview (until August 2024)",
}

UNAUTHORISED_ABSENCE: Final[Mapping[str, str]] = {
    "G": "Holiday not granted by the school",
    "N": "Reason not yet established",
    "O": "Other or unknown circumstances",
    "U": "Arrived after registration closed",
}

ABSENCE: Final[Mapping[str, str]] = {**AUTHORISED_ABSENCE, **UNAUTHORISED_ABSENCE}

TERM: Final[Mapping[str, str]] = {"AUT": "Autumn", "SPR": "Spring", "SUM": "Summer"}

GIAS_STATUS: Final[Mapping[int, str]] = {
    1: "Open",
    2: "Closed",
    3: "Open, but proposed to close",
    4: "Proposed to open",
}

GIAS_PHASE: Final[Mapping[int, str]] = {
    0: "Not applicable",
    1: "Nursery",
    2: "Primary",
    3: "Middle deemed primary",
    4: "Secondary",
    5: "Middle deemed secondary",
    6: "16 plus",
    7: "All-through",
}

GIAS_TYPE: Final[Mapping[int, str]] = {
    1: "Community school",
    2: "Voluntary aided school",
    3: "Voluntary controlled school",
    5: "Foundation school",
    6: "City technology college",
    7: "Community special school",
    8: "Non-maintained special school",
    10: "Other independent special school",
    11: "Other independent school",
    12: "Foundation special school",
    14: "Pupil referral unit",
    15: "Local authority nursery school",
    18: "Further education",
    24: "Secure units",
    25: "Offshore schools",
    26: "Service children's education",
    27: "Miscellaneous",
    28: "Academy sponsor led",
    29: "Higher education institutions",
    30: "Welsh establishment",
    31: "Sixth form centres",
    32: "Special post 16 institution",
    33: "Academy special sponsor led",
    34: "Academy converter",
    35: "Free schools",
    36: "Free schools special",
    37: "British schools overseas",
    38: "Free schools alternative provision",
    39: "Free schools 16 to 19",
    40: "University technical college",
    41: "Studio schools",
    42: "Academy alternative provision converter",
    43: "Academy alternative provision sponsor led",
    44: "Academy special converter",
    45: "Academy 16-19 converter",
    46: "Academy 16 to 19 sponsor led",
    49: "Online provider",
    56: "Institution funded by other government department",
    57: "Academy secure 16 to 19",
}

BY_PHASE: Final = "by phase"

# A type that is not here is outside the community (40, 18, 8, independents and the rest).
COMMUNITY_KINDS: Final[Mapping[int, str]] = {
    **dict.fromkeys((1, 2, 3, 5), BY_PHASE),
    **dict.fromkeys((7, 12), "special"),
    14: "pru",
    15: "nursery",
    **dict.fromkeys((28, 33, 34, 42, 43, 44, 45, 46), "academy"),
    **dict.fromkeys((35, 36, 38, 39), "free"),
    41: "studio",
}

_KIND_OF_PHASE: Final[Mapping[int, str]] = {
    1: "nursery",
    2: "primary",
    3: "primary",
    4: "secondary",
    5: "secondary",
    6: "secondary",
    7: "secondary",
}


def community_kind(type_code: int, phase_code: int | None) -> str | None:
    """The kind of this establishment in the Bradford community, None when it is outside (A2).

    A maintained school without a phase is outside too, until an officer decides: the safe
    side. Being of a kind is not enough to see anything; the establishment must take part.
    """
    kind = COMMUNITY_KINDS.get(type_code)
    if kind == BY_PHASE:
        return _KIND_OF_PHASE.get(phase_code) if phase_code is not None else None
    return kind


def nc_year_order(code: str) -> int:
    """The place of a year group in a list; an unknown code comes last."""
    return _NC_YEAR_ORDER.get(code, len(_NC_YEAR_ORDER))


def main_ethnicity(code: str) -> str | None:
    """The main code that statistics use for this main or extended code, None if unknown."""
    return _MAIN_ETHNICITY.get(code)
