"""Results of the key stages: which subjects each has, and which results are possible.

The codes are those of our own layout (docs/formats/results.md), chosen to agree with the Common Transfer File where it
has one (formats pages 3 and 6). The component "" is the subject's main result.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

# In the order in which a child reaches them.
STAGES: Final[Mapping[str, str]] = {
    "FS": "Early years foundation stage profile",
    "PH": "Phonics screening check",
    "K1": "Key stage 1",
    "MT": "Multiplication tables check",
    "K2": "Key stage 2",
    "K4": "Key stage 4",
}
STATUSES: Final[Mapping[str, str]] = {
    "R": "Result",
    "P": "Provisional",
    "I": "Interim",
    "E": "Estimate",
    "T": "Target",
}


@dataclass(frozen=True)
class Scale:
    """Possible results: a number from `lowest` to `highest` with up to `decimals` places, or one of the `symbols`."""

    lowest: int = 1
    highest: int = 0
    decimals: int = 0
    symbols: Mapping[str, str] = field(default_factory=dict)

    def read(self, text: str) -> str | None:
        """The result as stored: a symbol in its own case, a number without leading zeros. None for anything else."""
        for symbol in self.symbols:
            if symbol.casefold() == text.casefold():
                return symbol
        after_point = rf"(\.[0-9]{{1,{self.decimals}}})?" if self.decimals else r"(\.0)?"
        if not re.fullmatch(rf"-?[0-9]{{1,3}}{after_point}", text):
            return None
        number = Decimal(text)
        if not self.lowest <= number <= self.highest:
            return None
        return f"{number:f}" if self.decimals else str(int(number))

    def in_words(self) -> str:
        numbers = f"a number from {self.lowest} to {self.highest}" if self.lowest <= self.highest else ""
        if self.decimals:
            numbers += f" with at most {self.decimals} decimals"
        return ", or ".join(
            part for part in (numbers, "one of " + ", ".join(self.symbols) if self.symbols else "") if part
        )


_LEVEL = Scale(symbols={"1": "Emerging", "2": "Expected", "A": "Exempt"})
_YES_NO = Scale(symbols={"Y": "Yes", "N": "No"})
_PHONICS = {"A": "Absent", "D": "Disapplied", "L": "Left", "Q": "Maladministration"}
_TABLES = {
    "A": "Absent",
    "B": "Working below the level of the check",
    "J": "Just arrived",
    "L": "Left",
    "U": "Unable to take part",
    "X": "Not taken",
    "Z": "Registered by mistake",
}
_BELOW = {
    "PK1": "Pre-key stage standard 1",
    "PK2": "Pre-key stage standard 2",
    "PK3": "Pre-key stage standard 3",
    "PK4": "Pre-key stage standard 4",
    "PK5": "Pre-key stage standard 5",
    "PK6": "Pre-key stage standard 6",
    "PKS": "Pre-key stage standard",
    "BLW": "Below the standards",
    "EM": "Assessed by the engagement model",
}
_NOT_JUDGED = {"A": "Absent", "D": "Disapplied", "L": "Left"}
_TEACHER = Scale(
    symbols={
        "WTS": "Working towards the expected standard",
        "EXS": "Working at the expected standard",
        "GDS": "Working at greater depth",
        **_BELOW,
        **_NOT_JUDGED,
    }
)
_SCIENCE = Scale(
    symbols={"EXS": "Working at the expected standard", "HNM": "Has not met the standard", **_BELOW, **_NOT_JUDGED}
)
_NO_SCORE = {
    "A": "Absent",
    "B": "Working below the level of the test",
    "H": "Annulled: pupil cheating",
    "J": "Just arrived",
    "L": "Left",
    "M": "Script missing",
    "N": "Took the test, no scaled score",
    "Q": "Annulled: maladministration",
    "S": "Suppressed",
    "T": "Working at the level, cannot access the test",
    "U": "Unable to take the test",
    "X": "Lost score",
}
_OLDER_TEST = Scale(85, 115, symbols=_NO_SCORE)
_TEST = Scale(80, 120, symbols=_NO_SCORE)
_NO_GRADE = {"U": "Ungraded", "X": "No result", "Q": "Pending"}
_GRADE = Scale(1, 9, symbols=_NO_GRADE)
_TWO_GRADES = Scale(
    symbols={f"{n}-{m}": "Combined science" for n in range(9, 0, -1) for m in (n, n - 1) if m}
    | {"U-U": "Ungraded"}
    | _NO_GRADE
)
_VOCATIONAL = Scale(
    symbols={
        f"L{level}{grade}": f"Level {level}, {words}"
        for level in (1, 2)
        for grade, words in (("P", "pass"), ("M", "merit"), ("D", "distinction"), ("D*", "distinction*"))
    }
    | {"U": "Ungraded", "X": "No result"}
)

# Early learning goals by area of learning. The component "" is the area as a whole.
_GOALS: Final = {
    "COM": ("Communication and language", {"LAU": "Listening, attention and understanding", "SPE": "Speaking"}),
    "PSE": (
        "Personal, social and emotional development",
        {"SRE": "Self-regulation", "MSE": "Managing self", "BRE": "Building relationships"},
    ),
    "PHY": ("Physical development", {"GMS": "Gross motor skills", "FMS": "Fine motor skills"}),
    "LIT": ("Literacy", {"CMP": "Comprehension", "WRD": "Word reading", "WRT": "Writing"}),
    "MAT": ("Mathematics", {"NUM": "Number", "NPA": "Numerical patterns"}),
    "UTW": (
        "Understanding the world",
        {"PPR": "Past and present", "PCC": "People, culture and communities", "NAT": "The natural world"},
    ),
    "EXP": (
        "Expressive arts and design",
        {"CWM": "Creating with materials", "BIE": "Being imaginative and expressive"},
    ),
}
_GCSES: Final = {
    "ENG": "English language", "ENL": "English literature", "MAT": "Mathematics", "STA": "Statistics",
    "BIO": "Biology", "CHE": "Chemistry", "PHY": "Physics", "COM": "Computer science", "HIS": "History",
    "GEO": "Geography", "FRE": "French", "GER": "German", "SPA": "Spanish", "ITA": "Italian", "URD": "Urdu",
    "PNJ": "Panjabi", "BEN": "Bengali", "GUJ": "Gujarati", "ARA": "Arabic", "CHI": "Chinese", "POL": "Polish",
    "RUS": "Russian", "TUR": "Turkish", "POR": "Portuguese", "GRE": "Greek", "HEB": "Modern Hebrew",
    "JAP": "Japanese", "PER": "Persian", "LAT": "Latin", "CGR": "Classical Greek", "BHE": "Biblical Hebrew",
    "REL": "Religious studies",
    "ART": "Art and design", "BUS": "Business", "CIT": "Citizenship", "DAN": "Dance", "DAT": "Design and technology",
    "DRA": "Drama", "ECO": "Economics", "ENR": "Engineering", "FIL": "Film studies",
    "FOD": "Food preparation and nutrition",
    "GLY": "Geology", "MED": "Media studies", "MUS": "Music", "PED": "Physical education", "PSY": "Psychology",
    "SOC": "Sociology", "AST": "Astronomy", "ELE": "Electronics", "ANC": "Ancient history",
    "CLA": "Classical civilisation",
}  # fmt: skip

SUBJECTS: Final[Mapping[str, Mapping[str, str]]] = {
    "FS": {area: name for area, (name, _) in _GOALS.items()} | {"GLD": "Good level of development"},
    "PH": {"PHO": "Phonics"},
    "K1": {"REA": "Reading", "WRI": "Writing", "MAT": "Mathematics", "SCI": "Science"},
    "MT": {"MAT": "Multiplication tables"},
    "K2": {
        "REA": "Reading",
        "WRI": "Writing",
        "MAT": "Mathematics",
        "GPS": "Grammar, punctuation and spelling",
        "SCI": "Science",
    },
    "K4": {
        **_GCSES,
        "SCI": "Combined science",
        "VOC": "Vocational award",
        "ATT8": "Attainment 8",
        "P8": "Progress 8",
        "EBACC": "English Baccalaureate",
    },
}
COMPONENTS: Final[Mapping[str, str]] = {
    "": "Main result",
    **{code: name for _, goals in _GOALS.values() for code, name in goals.items()},
    "OUT": "Outcome",
    "TA": "Teacher assessment",
    "TS": "Test, scaled score",
    "MTC": "Check",
    "GCSE": "GCSE",
    "ENT": "Entered",
    "APS": "Average point score",
    "2": "Second award",
    "3": "Third award",
}

SCALES: Final[Mapping[tuple[str, str, str], Scale]] = {
    **{("FS", area, goal): _LEVEL for area, (_, goals) in _GOALS.items() for goal in ("", *goals)},
    ("FS", "GLD", ""): _YES_NO,
    ("PH", "PHO", ""): Scale(0, 40, symbols=_PHONICS),
    ("PH", "PHO", "OUT"): Scale(symbols={"Wa": "Met the standard", "Wt": "Working towards the standard"} | _PHONICS),
    **{("K1", subject, "TA"): _TEACHER for subject in ("REA", "WRI", "MAT")},
    **{("K1", subject, "TS"): _OLDER_TEST for subject in ("REA", "MAT")},
    ("K1", "SCI", "TA"): _SCIENCE,
    ("MT", "MAT", "MTC"): Scale(0, 25, symbols=_TABLES),
    **{("K2", subject, ""): _TEST for subject in ("REA", "MAT", "GPS")},
    **{("K2", subject, "TA"): _TEACHER for subject in ("REA", "MAT")},
    ("K2", "WRI", ""): _TEACHER,
    ("K2", "SCI", ""): _SCIENCE,
    **{("K4", subject, "GCSE"): _GRADE for subject in _GCSES},
    ("K4", "SCI", "GCSE"): _TWO_GRADES,
    **{("K4", "VOC", award): _VOCATIONAL for award in ("", "2", "3")},  # as many as count in Attainment 8
    ("K4", "ATT8", ""): Scale(0, 90, decimals=2),
    ("K4", "P8", ""): Scale(-9, 9, decimals=2),
    ("K4", "EBACC", "ENT"): _YES_NO,
    ("K4", "EBACC", "APS"): Scale(0, 9, decimals=2),
}


def components_of(stage: str, subject: str) -> list[str]:
    """The components that a subject of a stage has, in the order of a page."""
    return [component for of_stage, of_subject, component in SCALES if (of_stage, of_subject) == (stage, subject)]


def in_words(stage: str, subject: str, component: str, result: str) -> str:
    """A symbol with its meaning; a number unchanged."""
    scale = SCALES.get((stage, subject, component))
    meaning = scale.symbols.get(result) if scale else None
    return f"{meaning} ({result})" if meaning else result
