"""The groups of a pupil that repeat or reuse names: meals, needs, sessions, suspensions, address.

Each function returns the rows for its table (told.py) and reports what is wrong through `say`. Source: formats pages
4.1 and 11.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from django.db.models import Model
from lxml import etree

from sharing.codes import (
    ABSENCE,
    EXCLUSION_CATEGORY,
    EXCLUSION_REASON,
    NO_NEEDS,
    NOT_ABSENT,
    SEN_NEED,
    UNAUTHORISED_ABSENCE,
)
from sharing.imports.addresses import home_address
from sharing.imports.problems import NO_SUCH_DATE, show_code, show_date
from sharing.imports.xml_stream import local_name
from sharing.models import Attendance, FreeMealsPeriod, SenNeed, Suspension, Term
from sharing.school_year import counts_second_half

_MEALS: Final = ("fsmstartdate", "fsmenddate", "ukcountry")
GROUPS: Final = frozenset(
    (
        *_MEALS,
        "senneed",
        "termlyexclusion",
        "termlyattendance",
        "annualattendance",
        "summerhalfterm2attendance",
        "homeinformation",
        "address",
        "learnersupport",
        "learningaims",
    )
)
"""Elements that are not searched for the pupil's own facts."""
# How those begin that tell of places elsewhere. They have days of entry and leaving of their own (formats page 4.2,
# `schoolarrangedapdetailonroll`): no public schema says what they are called in XML.
_PLACEMENTS: Final = ("schoolarranged", "approvision", "alternativeprovision")

SPRING: Final = range(1, 5)  # the months of the census that asks for ethnicity and types of need
MOST_SESSIONS: Final = 500  # a school year has about 380
_MOST_REASONS: Final = 3
_LONGEST_ADDRESS: Final = 500
_MIDNIGHT: Final = re.compile(r"(T00:00(:00(\.0+)?)?)?(Z|\+0[01]:00)?")
_SESSIONS: Final = re.compile("-?[0-9]{1,4}")
_TOTALS: Final = {"sessionsauthorised": "SessionsAuthorised", "sessionsunauthorised": "SessionsUnauthorised"}

Say = Callable[[str, str, str, bool], None]
"""Field, value fit to be shown, cure, and whether it is fatal."""
Found = Mapping[str, Sequence[etree._Element]]

UNCLEAR: Final = (
    "It is there twice with different words, or has another element in it, so nobody can tell which is right. Correct "
    "it, and export again."
)
_MAY_REPEAT: Final = ("reason",)

_NAMES: dict[object, str] = {}
_MOST_NAMES: Final = 5000


def lower_name(tag: object) -> str:
    """An element's name in lower case without its namespace; "" for an entity or anything else that is not an element.

    Results are cached, since a file has few names.
    """
    name = _NAMES.get(tag)
    if name is None:
        if len(_NAMES) > _MOST_NAMES:
            _NAMES.clear()
        name = _NAMES[tag] = tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""
    return name


def gather(
    element: etree._Element, texts: dict[str, str], groups: dict[str, list[etree._Element]], unclear: set[str]
) -> None:
    """Collect the first text under each name in lower case, and the groups; no texts are taken from inside a group.
    `unclear` gathers the names of which nobody can tell the text (see `UNCLEAR`).
    """
    here: dict[str, str] = {}
    for child in element:
        name = _NAMES.get(tag := child.tag) or lower_name(tag)
        if name in GROUPS:
            groups.setdefault("meals" if name in _MEALS else name, []).append(child)
        elif name:
            if (text := child.text) and (text := text.strip()):
                texts.setdefault(name, text)
                if len(child) or here.setdefault(name, text) != text:
                    unclear.add(name)
            if len(child) and not name.startswith(_PLACEMENTS):
                gather(child, texts, groups, unclear)


def leaves(element: etree._Element, say: Say | None = None) -> dict[str, str]:
    """The first text under each element name in lower case, anywhere inside. `say` is told what is unclear in it."""
    texts: dict[str, str] = {}
    unclear: dict[str, str] = {}
    _leaves(element, texts, unclear)
    if say:
        for name in unclear.values():
            say(name, "", UNCLEAR, True)
    return texts


def _leaves(element: etree._Element, texts: dict[str, str], unclear: dict[str, str]) -> None:
    here: dict[str, str] = {}
    for child in element:
        name = _NAMES.get(tag := child.tag) or lower_name(tag)
        if name and (text := child.text) and (text := text.strip()):
            texts.setdefault(name, text)
            if len(child) or (here.setdefault(name, text) != text and name not in _MAY_REPEAT):
                unclear[name] = local_name(child)
        if len(child):
            _leaves(child, texts, unclear)


def xml_date(text: str) -> date | None:
    """A day written yyyy-mm-dd, or None if it is not one. Midnight may follow it, with or without our time zone."""
    if len(text) > 10 and _MIDNIGHT.fullmatch(text, 10):
        text = text[:10]
    try:
        return date.fromisoformat(text) if len(text) == 10 and text[4] == text[7] == "-" and text.isascii() else None
    except ValueError:
        return None


def told_whole(on_roll: bool, reference_date: date, provision: str) -> set[type[Model]]:
    """The tables of which a pupil without a row in the return has no row: all those that this census asks for. Only an
    address stays as it is, since nobody is without one.
    """
    whole: set[type[Model]] = {Attendance, Suspension}
    if on_roll:
        whole.add(FreeMealsPeriod)
        if reference_date.month in SPRING or provision == NO_NEEDS:
            whole.add(SenNeed)
    return whole


def meals(found: Found, say: Say) -> list[dict[str, Any]]:
    """Periods of eligibility for free meals, from the first to the last day; one without a last day is still open."""
    periods: list[dict[str, Any]] = []
    for element in found.get("meals", ()):
        name, text = local_name(element), (element.text or "").strip()
        kind = name.lower()
        if not text:
            continue
        if kind == "ukcountry":
            if periods and not periods[-1]["country"]:
                periods[-1]["country"] = text.upper() if re.fullmatch("[A-Za-z]{3}", text) else ""
        elif (day := xml_date(text)) is None:
            say(name, show_date(text), NO_SUCH_DATE, True)
        elif kind == "fsmstartdate":
            periods.append({"starts_on": day, "ends_on": None, "country": ""})
        elif not periods or periods[-1]["ends_on"] is not None:
            say(name, text, "This period of free meals has no start. It is left out.", False)
        elif day < periods[-1]["starts_on"]:
            say(name, text, "Free school meals end before they start.", True)
        else:
            periods[-1]["ends_on"] = day
    return _once(periods)


def standing(provision: str, in_unit: bool | None, in_resourced: bool | None) -> dict[str, Any]:
    """The needs as they are now. Who has none is in no SEN unit or resourced provision, even if the file is silent."""
    silent = False if provision == NO_NEEDS else None
    return {
        "sen_provision": provision or None,
        "in_sen_unit": silent if in_unit is None else in_unit,
        "in_resourced_provision": silent if in_resourced is None else in_resourced,
    }


def needs(found: Found, say: Say) -> list[dict[str, Any]]:
    """Types of need by rank, or in the order of the file where no rank is given."""
    rows: list[dict[str, Any]] = []
    for place, element in enumerate(found.get("senneed", ()), start=1):
        texts = leaves(element, say)
        need, rank = texts.get("sentype", "").upper(), texts.get("sentyperank", str(place))
        if not need:
            continue
        if need not in SEN_NEED:
            known_shape = re.fullmatch("[A-Z]{2,4}", need) is not None
            say(
                "SENtype", show_code(need), "This type of need does not exist. Choose one in your MIS.", not known_shape
            )
        if not re.fullmatch("[1-9]", rank):
            say("SENtypeRank", show_code(rank), "The rank of a need is a number from 1 to 9.", True)
        else:
            rows.append({"rank": int(rank), "need": need})
    return _once(rows)


def attendance(found: Found, counted: tuple[int, Term], born_on: date | None, say: Say) -> list[dict[str, Any]]:
    """Sessions of the term `counted` (academic year, term), and of the whole year where the file has them.

    The autumn census gives the summer term in two halves, up to the spring bank holiday and from it. The second adds to
    the first, as in the Department's figures; a pupil who came after the first is not in those.
    """
    year, term = counted
    rows: list[dict[str, Any]] = []
    if told := _counted("termlyattendance", found, say):
        second = _counted("summerhalfterm2attendance", found, say) if counts_second_half(counted, born_on) else None
        rows.append({"academic_year": year, "term": term, **(together(told, second) if second else told)})
    if annual := _counted("annualattendance", found, say):
        rows.append({"academic_year": year, "term": Term.YEAR, **annual})
    return rows


def _counted(group: str, found: Found, say: Say) -> dict[str, Any] | None:
    """The sessions in the group of this name, if any. A pupil with two of them that differ is a problem."""
    every = [_sessions_of(block, say) for block in found.get(group, ())]
    told = [one for one in every if says_anything(one)]
    if any(other != told[0] for other in told[1:]):
        say(local_name(found[group][0]), "", UNCLEAR, True)
    return told[0] if told else None


def says_anything(told: Mapping[str, Any]) -> bool:
    """Whether there is a number in a count of sessions: an empty group counts nothing, as if it were missing."""
    return told["sessions_possible"] is not None or bool(told["by_code"] or told["sessions_absent"])


def together(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    """The sessions of both halves of a term; of the first alone where one of them has none, or absence is not known."""
    if not all(half["sessions_possible"] and half["sessions_absent"] is not None for half in (first, second)):
        return first
    numbers = ("sessions_possible", "sessions_absent", "sessions_unauthorised")
    by_code = dict(Counter(first["by_code"]) + Counter(second["by_code"]))
    return {name: first[name] + second[name] for name in numbers} | {"by_code": by_code}


def _sessions_of(block: etree._Element, say: Say) -> dict[str, Any]:
    told_here = leaves(block, say)
    possible = sessions("SessionsPossible", told_here.get("sessionspossible", ""), say)
    totals = [sessions(field, told_here.get(name, ""), say) for name, field in _TOTALS.items()]
    missed: dict[str, int] = {}
    for element in block.iterdescendants():
        if lower_name(element.tag) == "sessiondetail":
            texts = leaves(element)
            code = texts.get("attendancereason", "").upper()
            number = sessions("AbsenceSessions", texts.get("absencesessions", ""), say)
            if number is None or code in NOT_ABSENT:
                continue
            if code not in ABSENCE:
                cure = "This is not a reason for absence. Check the code in your MIS."
                say("AttendanceReason", show_code(code), cure, re.fullmatch("[A-Z0-9]{1,2}", code) is None)
            missed[code] = missed.get(code, 0) + number
    absent, unauthorised = absence(missed, *totals)
    if (most := max(absent, sum(missed.values()))) > (possible or 0):
        cure = "More sessions were missed than were possible. Check the attendance."
        say("AbsenceSessions", str(most), cure, False)
    told = possible is not None or missed or absent
    return {
        "sessions_possible": possible,
        "sessions_absent": absent if told else None,
        "sessions_unauthorised": unauthorised if told else None,
        "by_code": missed,
    }


def absence(missed: Mapping[str, int], with_leave: int | None, without: int | None) -> tuple[int, int]:
    """Sessions missed in all and without leave: by reason, or from the totals with and without leave where those are
    more, as some schools send no reasons. The Department for Education counts so too.
    """
    by_reason = sum(number for code, number in missed.items() if code in ABSENCE)
    if (with_leave or 0) + (without or 0) > by_reason:
        return (with_leave or 0) + (without or 0), without or 0
    return by_reason, sum(number for code, number in missed.items() if code in UNAUTHORISED_ABSENCE)


def sessions(field: str, text: str, say: Say) -> int | None:
    """A number of half-day sessions, or None where there is none or it is impossible."""
    if not text:
        return None
    if not _SESSIONS.fullmatch(text):
        say(field, show_code(text), "Sessions are counted in whole half days.", True)
    elif (number := int(text)) < 0:
        say(field, text, "Sessions cannot be negative. Correct it in your MIS.", True)
    elif number > MOST_SESSIONS:
        say(field, text, f"More than {MOST_SESSIONS} sessions: a year does not have so many. Correct it.", True)
    else:
        return number
    return None


def suspensions(found: Found, say: Say) -> list[dict[str, Any]]:
    """Suspensions and exclusions of the term. FIXD is the code for a suspension before 2020."""
    rows = []
    for element in found.get("termlyexclusion", ()):
        texts = leaves(element, say)
        category = texts.get("category", "").upper()
        if category not in EXCLUSION_CATEGORY:
            say("Category", show_code(category), "The category must be SUSP, LNCH or PERM.", True)
        starts_on = xml_date(texts.get("startdate", ""))
        if starts_on is None:
            say("StartDate", show_date(texts.get("startdate", "")), NO_SUCH_DATE, True)
        given = [
            (child.text or "").strip().upper()
            for child in element.iterdescendants()
            if lower_name(child.tag) in ("reason", "reason1", "reason2", "reason3")
        ]
        reasons = [reason for reason in dict.fromkeys(given) if reason]
        for reason in reasons:
            if reason not in EXCLUSION_REASON:
                cure = "This reason does not exist. Choose one in your MIS."
                say("Reason", show_code(reason), cure, re.fullmatch("[A-Z]{2}", reason) is None)
        if len(reasons) > _MOST_REASONS:
            say("Reason", "", f"There are {len(reasons)} reasons. The first {_MOST_REASONS} are kept.", False)
        number = sessions("Sessions", texts.get("sessions", ""), say)
        rows.append(
            {
                "category": "SUSP" if category == "FIXD" else category,
                "starts_on": starts_on,
                "sessions": number,
                "reasons": reasons[:_MOST_REASONS],
            }
        )
    return _once(rows)


def address(found: Found, say: Say) -> dict[str, str] | None:
    """Where the child lives, or None if the file does not say. Another address is a query, since one home is kept."""
    homes: list[etree._Element] = []
    for group in (*found.get("homeinformation", ()), *found.get("address", ())):
        inside = [child for child in group.iter() if lower_name(child.tag) == "address"]
        homes += inside if len(inside) > 1 else [group]
    every = [home for element in homes if (home := home_address(leaves(element, say)))]
    told = every[0] if every else None
    if any(other != told for other in every):
        say("Address", "", "The pupil has another address further down. That one is left out.", False)
    if told and len(told["address"]) > _LONGEST_ADDRESS:
        say("Address", "", f"{len(told['address'])} letters. Shorten it to {_LONGEST_ADDRESS} at most.", True)
    return told


def _once(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows without exact duplicates. Of thousands, none is compared with each of the others."""
    return list({repr(row): row for row in rows}.values())
