"""What may be wrong with the records of an establishment (P9): the checks, each one a condition in SQL.

A check only finds; it proves nothing. Each says what it found, why it matters and what to do.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from django.db.models import Count, Exists, F, Model, OuterRef, Q, QuerySet, Subquery, Window

from sharing import codes
from sharing.authorise.grants import Withheld
from sharing.dates import covers
from sharing.models import (
    Attendance,
    Contact,
    Enrolment,
    FreeMealsPeriod,
    HomeAddress,
    Pupil,
    SenNeed,
    StaffAbsence,
    StaffContract,
    StaffMember,
)
from sharing.models.plain import in_order_of
from sharing.returns import CENSUS, WORKFORCE, reference_days
from sharing.school_year import academic_year

TERM = timedelta(days=120)  # the longest that a temporary UPN should stay
YOUNGER = ("E1", "E2", "N1", "N2")  # than Reception
YEARS_OFF = 1  # a child one year ahead of, or behind, their age is nothing unusual
# A condition on the records of an establishment, given its key, on a day.
Condition = Callable[[date, int], Q]


class Group(StrEnum):
    MISSING = "Missing"
    IMPLAUSIBLE = "Hard to believe"
    CONFLICTING = "Two sources say different things"
    TWICE = "Perhaps recorded twice"


class Whose(StrEnum):
    PUPILS = "pupils"
    STAFF = "staff"


@dataclass(frozen=True)
class Check:
    """`condition` is true of the records of an establishment that the check finds on a day.

    Those from whom the kind of data `withheld_as` is withheld do not see what the check finds.
    """

    key: str
    group: Group
    what: str
    why: str
    cure: str
    condition: Condition
    withheld_as: str = ""
    whose: Whose = Whose.PUPILS


def _told_of(model: type[Model], place: int, *conditions: Q, **more: Any) -> QuerySet[Any]:
    """The pupils of the establishment that have such a row.

    They are gathered once, not looked up pupil by pupil: with all that an officer may see, going through it for each
    pupil would take too long.
    """
    return model._default_manager.filter(*conditions, establishment=place, **more).values("pupil")


def no_row(model: type[Model]) -> Condition:
    return lambda today, place: ~Q(pk__in=_told_of(model, place))


def in_no_class(today: date, place: int) -> Q:
    """Children in no class. Those younger than Reception only count where others are in a class.

    Most nurseries and children's centres have no classes, so each of their children would be found for ever.
    """
    has_classes = Exists(Pupil.objects.filter(establishment=place).exclude(class_name=""))
    return Q(class_name="") & (~Q(year_group__in=YOUNGER) | Q(has_classes))


def sen_without_type(today: date, place: int) -> Q:
    return Q(needs__sen_provision__in=["K", "E"]) & ~Q(pk__in=_told_of(SenNeed, place))


def type_without_sen(today: date, place: int) -> Q:
    none_given = Q(needs__sen_provision__in=["", "N"]) | Q(needs=None)
    return none_given & Q(pk__in=_told_of(SenNeed, place))


def age_far_from_year(today: date, place: int) -> Q:
    """Born more than a year before or after the children of that year group (31 August is the last birthday).

    From 1 September until a return comes in, records still have the year groups of the school year before.
    """
    started = academic_year(today)
    is_of_this_year = Q(as_of__gte=date(started, 9, 1))
    return (is_of_this_year & _far_from_year(started)) | (~is_of_this_year & _far_from_year(started - 1))


def _far_from_year(started: int) -> Q:
    """As `age_far_from_year`, for year groups of the school year that began in that calendar year."""
    far = Q(pk__in=[])
    for code, years in codes.YEARS_AFTER_RECEPTION.items():
        youngest = started - 4 - years + YEARS_OFF
        fits = Q(born_on__range=(date(youngest - 1 - 2 * YEARS_OFF, 9, 1), date(youngest, 8, 31)))
        far |= Q(year_group=code) & ~fits
    return far


def entry_before_birth(today: date, place: int) -> Q:
    return Q(pk__in=_told_of(Enrolment, place, cancelled_at=None, starts_on__lt=F("pupil__born_on")))


def absent_too_often(today: date, place: int) -> Q:
    """By the establishment's own counts: it cannot correct those of a school before, from a transfer file."""
    too_often = Q(sessions_absent__gt=F("sessions_possible")) | Q(sessions_unauthorised__gt=F("sessions_absent"))
    return Q(pk__in=_told_of(Attendance, place, too_often, dfe_number=""))


def always_absent(today: date, place: int) -> Q:
    """Absent from every session of a term, in this school year or the one before, and present in no term since."""
    every = Q(sessions_possible__gt=0, sessions_absent=F("sessions_possible"), dfe_number="")
    of_late = Q(academic_year__gte=academic_year(today) - 1)
    year, term = OuterRef("academic_year"), OuterRef("term")
    later = Q(academic_year__gt=year) | Q(academic_year=year, term__gt=term)
    counted = Attendance.objects.filter(later, pupil=OuterRef("pupil"), establishment=place, dfe_number="")
    since = counted.filter(sessions_absent__lt=F("sessions_possible"))
    return Q(pk__in=_told_of(Attendance, place, every, of_late, ~Q(Exists(since))))


def meals_without_period(today: date, place: int) -> Q:
    return Q(free_school_meals=True) & ~Q(pk__in=_told_of(FreeMealsPeriod, place, covers(today)))


def period_without_meals(today: date, place: int) -> Q:
    return Q(free_school_meals=False) & Q(pk__in=_told_of(FreeMealsPeriod, place, covers(today)))


def not_in_the_return(today: date, place: int) -> Q:
    """On the register since before the newest census that brought records, and not mentioned by it or since.

    Guests are not in a census.
    """
    of_returns = Pupil.objects.of(place).brought_by_a_return().filter(as_of__in=reference_days(CENSUS, today))
    newest = Subquery(of_returns.filter(as_of__lte=today).order_by("-as_of").values("as_of")[:1])
    no_guest = ~Q(kind=Enrolment.Kind.GUEST)
    was_here = _told_of(Enrolment, place, covers(today), no_guest, cancelled_at=None, starts_on__lte=newest)
    return Q(as_of__lt=newest, pk__in=was_here)


def same_child_here(today: date, place: int) -> Q:
    """Another record here that may be seen today has the same name and date of birth. All are compared at once."""
    alike = Window(Count("pk"), partition_by=[*in_order_of("surname", "forename"), F("born_on")])
    here = Pupil.objects.of(place).visible_on(today).annotate(alike=alike)
    return Q(pk__in=here.filter(alike__gt=1).values("pk"))


def no_contract(today: date, place: int) -> Q:
    return Q(~Exists(StaffContract.objects.filter(covers(today), member=OuterRef("pk"))))


def staff_not_in_the_return(today: date, place: int) -> Q:
    """In post since before the newest workforce census that brought records, and not mentioned by it."""
    of_returns = StaffMember.objects.of(place).filter(as_of__in=reference_days(WORKFORCE, today))
    newest = Subquery(of_returns.filter(as_of__lte=today).order_by("-as_of").values("as_of")[:1])
    return Q(as_of__lt=newest, starts_on__lte=newest)


def more_than_full_time(today: date, place: int) -> Q:
    in_force = StaffContract.objects.filter(covers(today), member=OuterRef("pk"))
    return Q(Exists(in_force.filter(hours__gt=F("fte_hours"))))


def absence_backwards(today: date, place: int) -> Q:
    return Q(Exists(StaffAbsence.objects.filter(member=OuterRef("pk"), last_day__lt=F("first_day"))))


# These take more than one condition to find: the door supplies the keys (sharing.door.quality).
TEMPORARY_UPN, ELSEWHERE = "temporary-upn", "elsewhere"


def handed_in(today: date, place: int) -> Q:
    return Q(pk__in=[])


_PUT_RIGHT = "Correct it in your own system, then send the record again."
_IN_SPRING = "Correct it in your own system. The spring census brings it."  # the others do not ask for it
CHECKS = (
    Check(
        "ethnicity", Group.MISSING, "Ethnicity is not recorded",
        "The School Census asks for it. Without it, nobody can see whether all groups do equally well.",
        f"Ask the family. If they refuse, record that they refused. {_IN_SPRING}",
        lambda today, place: Q(ethnicity__in=["", "NOBT"]),
    ),
    Check(
        "language", Group.MISSING, "First language is not recorded",
        "Funding for pupils with English as an additional language depends on it.",
        f"Ask the family. {_PUT_RIGHT}",
        lambda today, place: Q(language__in=["", "NOT", "ZZZ"]),
    ),
    Check(
        "year-group", Group.MISSING, "Year group is not recorded",
        "People whose access is narrowed to year groups do not see this child, and lists by year group leave the "
        "child out.",
        _PUT_RIGHT,
        lambda today, place: Q(year_group=""),
    ),
    Check(
        "class", Group.MISSING, "Class or registration group is not recorded",
        "Lists by class leave the child out.",
        "Bring in a class list. The census does not say which class a child is in.",
        in_no_class,
    ),
    Check(
        "address", Group.MISSING, "There is no home address",
        "Admissions, transport and safeguarding need to know where a child lives.",
        f"Ask the family. {_PUT_RIGHT}",
        no_row(HomeAddress), Withheld.CONTACT,
    ),
    Check(
        "contacts", Group.MISSING, "There is nobody to call",
        "In an emergency, nobody can be reached.",
        "Ask the family for at least two contacts and send them with a common transfer file.",
        no_row(Contact), Withheld.CONTACT,
    ),
    Check(
        "sen-type", Group.MISSING, "SEN support or a plan, but no type of need",
        "The School Census asks for at least one type of need for each child with SEN support or a plan.",
        f"Ask your SEN co-ordinator for the primary need. {_IN_SPRING}",
        sen_without_type, Withheld.SEN,
    ),
    Check(
        "age", Group.IMPLAUSIBLE, "The age does not fit the year group",
        "Few children are more than a year older or younger than their year. Often the date of birth is mistyped.",
        "Compare the date of birth with the birth certificate or passport. If both are right, leave it.",
        age_far_from_year,
    ),
    Check(
        "entry", Group.IMPLAUSIBLE, "On roll before being born",
        "One of the two dates is wrong.",
        f"Check the date of birth and the first day here. {_PUT_RIGHT}",
        entry_before_birth,
    ),
    Check(
        "sessions", Group.IMPLAUSIBLE, "More sessions missed than there were",
        "It makes the attendance figures of this child, and of your school, wrong.",
        f"Check the register of that term. {_PUT_RIGHT} If a newer census has been brought in since, ask the data "
        "team.",
        absent_too_often, Withheld.ATTENDANCE,
    ),
    Check(
        "never-there", Group.IMPLAUSIBLE, "Absent from every session",
        "Either the child has left and is still on your roll, or nobody knows where the child is.",
        "Find out today. If the child cannot be found, tell the Education Department: a child may be missing.",
        always_absent, Withheld.ATTENDANCE,
    ),
    Check(
        TEMPORARY_UPN, Group.IMPLAUSIBLE, "A temporary UPN for longer than a term",
        "Results and records from earlier schools cannot be linked to this child.",
        "Ask the previous school for the permanent UPN, or look in Get Information about Pupils (GIAP). If there is "
        "none, allot one.",
        handed_in,
    ),
    Check(
        "meals", Group.CONFLICTING, "Free school meals, but no period that covers today",
        "Pupil premium depends on the periods. A child may lose it, or be counted wrongly.",
        f"Check eligibility and record the day it starts. {_PUT_RIGHT}",
        meals_without_period,
    ),
    Check(
        "meals-period", Group.CONFLICTING, "A period of free school meals covers today, but the record says no",
        "A child who is entitled to a meal may go without.",
        f"Check eligibility. {_PUT_RIGHT}",
        period_without_meals,
    ),
    Check(
        "sen-provision", Group.CONFLICTING, "A type of need, but no SEN support and no plan",
        "Either the support has ended and the need was left in, or the support was never recorded.",
        f"Ask your SEN co-ordinator. {_PUT_RIGHT}",
        type_without_sen, Withheld.SEN,
    ),
    Check(
        "not-in-return", Group.CONFLICTING, "On the register here, but not in your newest census",
        "If the child has left, the record is seen here until the last day is known. If not, your funding leaves this "
        "child out.",
        "If the child has left, record the last day on the child’s page. If not, send the census again with the child.",
        not_in_the_return,
    ),
    Check(
        "twice-here", Group.TWICE, "Two records here with the same name and date of birth",
        "If it is one child, the record is split and each half is incomplete. Twins with the same name are rare.",
        "Compare the UPNs. If it is one child, end the record with the wrong UPN in your own system. Then send the "
        "return.",
        same_child_here,
    ),
    Check(
        ELSEWHERE, Group.TWICE, "This child may also be on roll elsewhere under single registration",
        "Only one school can be a child's only school. You are not shown the other school’s record.",
        "Ask Admissions. If the child attends both, record a dual registration.",
        handed_in,
    ),
    Check(
        "staff-birth", Group.MISSING, "Date of birth is not recorded",
        "The School Workforce Census asks for it.", _PUT_RIGHT,
        lambda today, place: Q(born_on=None), whose=Whose.STAFF,
    ),
    Check(
        "staff-number", Group.MISSING, "A qualified teacher without a teacher number",
        "The School Workforce Census asks for it, and pensions depend on it.",
        "Ask the person. The Teaching Regulation Agency knows the number.",
        lambda today, place: Q(has_qts=True, teacher_number=None), whose=Whose.STAFF,
    ),
    Check(
        "staff-contract", Group.MISSING, "In post, but no contract covers today",
        "Either the person has left, or a contract was not sent.",
        f"Record the contract, or the last day. {_PUT_RIGHT}",
        no_contract, whose=Whose.STAFF,
    ),
    Check(
        "staff-not-in-return", Group.CONFLICTING, "In post here, but not in your newest workforce census",
        "A person who has left is seen here until the end of the contract is known.",
        "If the person has left, send the census again with the end of the contract. If not, send it with the person.",
        staff_not_in_the_return, whose=Whose.STAFF,
    ),
    Check(
        "staff-hours", Group.IMPLAUSIBLE, "Contracted for more hours than full time",
        "It makes full-time equivalents wrong.",
        f"Check the hours of the contract. {_PUT_RIGHT}",
        more_than_full_time, whose=Whose.STAFF,
    ),
    Check(
        "staff-absence", Group.IMPLAUSIBLE, "An absence that ends before it begins",
        "It makes the number of days lost wrong.",
        f"Check the two days. {_PUT_RIGHT}",
        absence_backwards, whose=Whose.STAFF,
    ),
)  # fmt: skip
BY_KEY = {check.key: check for check in CHECKS}


def checks_for(whose: Whose, withheld: Collection[str]) -> tuple[Check, ...]:
    """The checks of pupils' or of staff records, without those about a kind of data that is withheld."""
    return tuple(check for check in CHECKS if check.whose == whose and check.withheld_as not in withheld)
