"""What a challenge may be about: the facts of a record, in words, and the kind of data that each belongs to (P9)."""

from dataclasses import dataclass

from sharing.authorise.grants import Withheld
from sharing.models import Challenge


@dataclass(frozen=True)
class Fact:
    """A fact that may be wrong. `withheld_as` is the kind of pupil data by which a head may withhold it from a line."""

    key: str
    words: str
    withheld_as: str = ""


FACTS: dict[str, tuple[Fact, ...]] = {
    Challenge.About.PUPIL: (
        Fact("name", "Name"),
        Fact("born_on", "Date of birth"),
        Fact("sex", "Sex"),
        Fact("upn", "UPN"),
        Fact("ethnicity", "Ethnicity"),
        Fact("language", "First language"),
        Fact("year_group", "Year group or class"),
        Fact("enrolment", "On roll here, from when, until when"),
        Fact("meals", "Free school meals"),
        Fact("service_child", "Service child, young carer or previously looked after"),
        Fact("sen", "Special educational needs", Withheld.SEN),
        Fact("attendance", "Attendance", Withheld.ATTENDANCE),
        Fact("suspensions", "Suspensions and exclusions", Withheld.SUSPENSIONS),
        Fact("results", "Results", Withheld.ATTAINMENT),
        Fact("contact", "Address or contacts", Withheld.CONTACT),
        Fact("other", "Something else"),
    ),
    Challenge.About.STAFF: (
        Fact("name", "Name"),
        Fact("born_on", "Date of birth"),
        Fact("number", "Teacher number or National Insurance number"),
        Fact("post", "Post or role"),
        Fact("contract", "Contract, hours or pay"),
        Fact("dates", "First or last day here"),
        Fact("qualifications", "Qualifications"),
        Fact("absence", "Absence"),
        Fact("other", "Something else"),
    ),
    Challenge.About.FIGURE: (
        Fact("on_roll", "Number of pupils"),
        Fact("attainment", "An attainment figure"),
        Fact("absence", "A figure for attendance, suspensions or exclusions"),
        Fact("characteristics", "A figure for free school meals, special needs, language or ethnicity"),
        Fact("capacity", "Capacity or ages"),
        Fact("address", "Address, telephone or website"),
        Fact("head", "Headteacher"),
        Fact("type", "Type, phase or status"),
        Fact("locality", "Locality"),
        Fact("other", "Something else"),
    ),
}


def fact(about: str, key: str) -> Fact:
    """The fact with that key. Raises KeyError for a fact that this kind of record does not have."""
    return {fact.key: fact for fact in FACTS[about]}[key]
