"""Codes of the School Workforce Census (formats page 5)."""

from collections.abc import Mapping
from typing import Final

CONTRACT: Final[Mapping[str, str]] = {
    "PRM": "Permanent",
    "FXT": "Fixed term",
    "TMP": "Temporary",
    "SLA": "Service agreement with local authority",
    "SAG": "Service agreement with an agency",
    "SOT": "Service agreement with other source",
}

# The Department's rules of validation name these posts (4100Q those of teachers, 4720 the others). AVT is from general
# knowledge, and so are the words.
_TEACHERS: Final[Mapping[str, str]] = {
    "HDT": "Head teacher",
    "DHT": "Deputy head",
    "AHT": "Assistant head",
    "LDP": "Leading practitioner",
    "TCH": "Classroom teacher",
    "TCM": "Classroom teacher",
    "TCU": "Classroom teacher",
    "APP": "Apprentice teacher",
    "AVT": "Advisory teacher",
}
SUPPORT_POST: Final[Mapping[str, str]] = {
    "TAS": "Teaching assistant",
    "LNT": "Leadership (not teaching)",
    "OSP": "Other support staff",
}

# As exports have them; no public list confirms these.
PAY_RANGE: Final[Mapping[str, str]] = {
    "LD": "Leadership",
    "LP": "Leading practitioner",
    "MS": "Main pay range",
    "UP": "Upper pay range",
    "UT": "Unqualified teacher",
    "OT": "Other",
}

ROLE: Final[Mapping[str, str]] = {
    "ADVT": "Advisory teacher (unattached)",
    "ASHT": "Assistant head",
    "CADV": "Careers advisor",
    "TCHR": "Classroom teacher",
    "DPHT": "Deputy head",
    "HDPT": "Head of department",
    "HDHO": "Head of house",
    "HDYR": "Head of year",
    "HDTR": "Head teacher",
    "EXHT": "Executive head teacher",
    "SPLY": "LA supply pool",
    "LRNM": "Learning manager",
    "MISC": "Miscellaneous teaching service for the LA",
    "PERI": "Peripatetic teacher (unattached)",
    "SENC": "SEN co-ordinator",
    "TNON": "Teacher: engaged for non-school education",
    "TPRU": "Teacher: engaged to teach in a pupil referral unit",
    "TMIS": "Teacher: engaged to teach in miscellaneous establishments",
    "BEHM": "Behaviour manager/Specialist",
    "BILN": "Bilingual support assistant",
    "CARE": "Childcare officer",
    "COVR": "Cover supervisor",
    "CART": "Creative arts specialist",
    "EPSY": "Educational psychologist",
    "EXTS": "Extended schools manager/Support",
    "HLTA": "Higher level teaching assistant",
    "INST": "Instructor (including sports coach)",
    "LANG": "Language support",
    "LMEN": "Learning mentor",
    "LSEN": "Learning support assistant (for SEN pupils)",
    "LITR": "Literacy worker",
    "MINS": "Minority ethnic support",
    "MUSS": "Music specialist",
    "MUSC": "Music tuition (include peripatetic)",
    "NNSE": "Nursery nurse",
    "NASS": "Nursery officer/Assistant",
    "PAST": "Pastoral support",
    "TASS": "Teaching assistant",
    "THER": "Therapist",
    "TRAV": "Traveller support",
    "WELF": "Welfare assistant",
    "ARTD": "Art and/or design technician",
    "ICTM": "ICT network manager",
    "ICTT": "ICT technician",
    "OICT": "Other ICT support staff",
    "OTEC": "Other technician",
    "RPRG": "Reprographics technician",
    "STCH": "Science technician",
    "TTCH": "Technology technician",
    "ADMC": "Administrator/Clerk",
    "ATTN": "Attendance officer",
    "BURS": "Bursar",
    "BUSS": "Business manager",
    "DATA": "Data manager/Analyst",
    "EDWO": "Education welfare officer",
    "EXAM": "Examinations officer",
    "FINC": "Finance officer",
    "HSLO": "Home-School liaison officer",
    "LIBR": "Librarian",
    "NURS": "Nurse",
    "OMAN": "Office manager",
    "OCSU": "Other central support staff",
    "OPSU": "Other pupil support",
    "OPWE": "Other pupil welfare",
    "OADM": "Other school admin",
    "PAHT": "Personal assistant to headteacher",
    "RECP": "Receptionist",
    "SSEC": "School secretary",
    "CTKR": "Caretaker",
    "CLNR": "Cleaner",
    "COOK": "Cook",
    "ESCT": "Escort",
    "INVG": "Exam invigilator",
    "MIDA": "Midday assistant",
    "MIDS": "Midday supervisor",
    "CATR": "Other catering staff",
    "OPRE": "Other premises staff",
    "PREM": "Premises manager",
}

# The roles that the rules of validation keep for teachers (4720), and those that a teacher may have besides.
_TEACHING_ROLES: Final = (
    "ASHT", "DPHT", "EXHT", "HDTR", "MISC", "MUSC", "PERI", "SENC", "SPLY", "TCHR", "TMIS", "TNON", "TPRU",
    "ADVT", "HDPT", "HDHO", "HDYR", "LRNM",
)  # fmt: skip
POST: Final[Mapping[str, str]] = {**_TEACHERS, **SUPPORT_POST, **ROLE}
TEACHING_POSTS: Final = frozenset(POST[code] for code in (*_TEACHERS, *_TEACHING_ROLES))
OTHER_POSTS: Final = frozenset(POST.values()) - TEACHING_POSTS

# Posts as schools write them: "Deputy head teacher", "Teacher of music", "Principal"; not "Teaching assistant". The
# posts of the lists above are known without it, such as "Personal assistant to headteacher".
TEACHING_POST_IN_WORDS: Final = r"(^(teacher|head of|principal)|teacher$)"

DISABILITY: Final[Mapping[str, str]] = {
    "YES": "Yes",
    "NO": "No",
    "NOBT": "Not obtained",
    "REFU": "Refused",
}

STAFF_ABSENCE: Final[Mapping[str, str]] = {
    "MAT": "Maternity/Paternity leave",
    "OTH": "Other paid authorised absence, e.g. compassionate leave",
    "PRG": "Pregnancy related absence",
    "PUB": "Paid absence for public duties",
    "SEC": "Secondment",
    "SIC": "Sickness",
    "TRN": "Training",
    "UNA": "Unauthorised absence",
    "UNP": "Unpaid, authorised absence",
}
