"""What the list of pupils may be narrowed to. A filter on withheld data is treated as if it did not exist (R35).

Each filter is one entry of FILTERS: its field, its words, and its effect on the QuerySet. None of them could be used to
put children in order of attendance or attainment.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, fields

from django.db.models import F, Q

from sharing import codes
from sharing.authorise import Withheld
from sharing.models.pupils import PupilQuerySet
from sharing.records.pupils import Active, Choice

SORTS = {"name": "Name", "year": "Year group", "class": "Class"}
SEN_IN_SHORT = {"N": "None", "K": "SEN support", "E": "EHC plan"}


@dataclass(frozen=True)
class PupilFilter:
    """What to narrow the list to, in codes. Empty: everyone."""

    named: str = ""
    year_group: str = ""
    class_name: str = ""
    sex: str = ""
    fsm: str = ""
    sen: str = ""
    eal: str = ""
    ethnicity: str = ""
    attendance: str = ""
    status: str = ""


EVERYONE = PupilFilter()
FIELDS = tuple(field.name for field in fields(PupilFilter))


@dataclass(frozen=True)
class Filter:
    """One filter: its field in PupilFilter and in the address, its words, and which pupils it leaves."""

    name: str
    label: str
    options: dict[str, str]
    leaves: Callable[[PupilQuerySet, str], PupilQuerySet]
    kind: Withheld | None = None


def _by_provision(pupils: PupilQuerySet, chosen: str) -> PupilQuerySet:
    if chosen == "any":
        return pupils.filter(needs__sen_provision__gt="").exclude(needs__sen_provision="N")
    return pupils.filter(needs__sen_provision=chosen)


def _by_standing(pupils: PupilQuerySet, chosen: str) -> PupilQuerySet:
    of_others = Q(is_enrolled=False, has_left=chosen == "left")
    return pupils.filter(Q(is_enrolled=True) if chosen == "here" else of_others)


# Attendance in sessions, so that rounding puts no child in the wrong band: missed half, a tenth, a twentieth.
BANDS: dict[str, tuple[str, Q]] = {
    "counted": ("Attendance is recorded", Q(possible__gt=0, absent__isnull=False)),
    "persistent": ("Persistently absent: missed 10% or more", Q(possible__gt=0, possible__lte=F("absent") * 10)),
    "under-50": ("Attended under 50%", Q(possible__gt=0, possible__lt=F("absent") * 2)),
    "50-90": (
        "Attended 50% to 90%",
        Q(possible__gt=0, possible__gte=F("absent") * 2, possible__lte=F("absent") * 10),
    ),
    "90-95": ("Attended over 90%, under 95%", Q(possible__gt=F("absent") * 10, possible__lt=F("absent") * 20)),
    "95": ("Attended 95% or over", Q(possible__gt=0, possible__gte=F("absent") * 20)),
}

FILTERS = (
    Filter("year_group", "Year group", dict(codes.NC_YEARS), lambda pupils, chosen: pupils.filter(year_group=chosen)),
    Filter("class_name", "Class", {}, lambda pupils, chosen: pupils.filter(class_name=chosen)),
    Filter("sex", "Sex", dict(codes.SEX), lambda pupils, chosen: pupils.filter(sex=chosen)),
    Filter(
        "fsm",
        "Free school meals",
        {"yes": "Eligible", "no": "Not eligible"},
        lambda pupils, chosen: pupils.filter(free_school_meals=chosen == "yes"),
    ),
    Filter("sen", "SEN", {"any": "Any need", **SEN_IN_SHORT}, _by_provision, Withheld.SEN),
    Filter(
        "eal",
        "First language",
        {"yes": "Other than English", "no": "English", "unknown": "Not known"},
        PupilQuerySet.speaking,
    ),
    Filter("ethnicity", "Ethnicity", dict(codes.ETHNICITY_GROUP), PupilQuerySet.of_ethnicity),
    Filter(
        "attendance",
        "Attendance",
        {code: words for code, (words, _) in BANDS.items()},
        lambda pupils, chosen: pupils.filter(BANDS[chosen][1]),
        Withheld.ATTENDANCE,
    ),
    Filter(
        "status",
        "On the register",
        {"here": "On the register", "coming": "Coming, not here yet", "left": "Left, file still to be sent"},
        _by_standing,
    ),
)


def offered(withheld: Collection[str]) -> tuple[Filter, ...]:
    return tuple(filter_ for filter_ in FILTERS if filter_.kind not in withheld)


def narrowed(pupils: PupilQuerySet, only: PupilFilter, withheld: Collection[str]) -> PupilQuerySet:
    """The pupils left by all filters in use, with `is_enrolled`, `has_left` and, for a band of attendance, its term."""
    found = pupils.named(only.named)
    for filter_ in offered(withheld):
        if chosen := getattr(only, filter_.name):
            found = filter_.leaves(found, chosen)
    return found


def choices(
    only: PupilFilter, withheld: Collection[str], *, years: Iterable[str], classes: Iterable[str], term: str
) -> tuple[Choice, ...]:
    """The filters on the page: with the years and classes that exist, and attendance of the given term."""
    there = {
        "year_group": {code: codes.NC_YEARS.get(code, code) for code in years},
        "class_name": {name: name for name in classes},
    }
    labels = {"attendance": f"Attendance, {term}"}
    return tuple(
        Choice(
            filter_.name,
            labels.get(filter_.name, filter_.label),
            tuple(there.get(filter_.name, filter_.options).items()),
            getattr(only, filter_.name),
        )
        for filter_ in offered(withheld)
        if there.get(filter_.name, filter_.options) and (term or filter_.name != "attendance")
    )


def active(only: PupilFilter, withheld: Collection[str]) -> tuple[Active, ...]:
    """The filters in use, in words."""
    named = (Active("named", f"Name has “{only.named}”"),) if only.named.strip() else ()
    return named + tuple(
        Active(filter_.name, f"{filter_.label}: {filter_.options.get(chosen, chosen)}")
        for filter_ in offered(withheld)
        if (chosen := getattr(only, filter_.name))
    )
