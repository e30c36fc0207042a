"""A school's own group followed over terms and years, compared with the rest of the establishment (R1, R8, R35).

It is counted from the children whom the asker sees today; of those who have left, only the number is known.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Final
from uuid import UUID

from django.db.models import Case, Count, IntegerField, Sum, Value, When

from sharing.authorise import Asker, Permission, Visit, Withheld, visit
from sharing.door.attendance import in_terms
from sharing.door.deeper import measures_of, text_of, whose
from sharing.door.own_groups import children_in, facts_of, find, makes_groups, member_lines
from sharing.door.paging import page_and_rows
from sharing.door.pupil_columns import attended, attended_in_words
from sharing.door.pupils import pupils_here
from sharing.measures import live
from sharing.measures.catalogue import MEASURE
from sharing.models import Attendance
from sharing.narrowing import in_words as narrowing_in_words
from sharing.records import Page
from sharing.records.own_groups import Beside, OwnGroupPage
from sharing.school_year import academic_year, in_words, term_in_words
from sharing.statements import value_of

TERMS, YEARS = 6, 5
ATTAINMENT: Final = ("eyfsp_gld", "phonics_met", "ks2_rwm_expected", "ks4_attainment8")


def show_own_group(asker: Asker, urn: int, group_id: int, *, number: int = 1) -> OwnGroupPage:
    """The children in the group today, how many there have ever been, and how they do compared with the rest."""
    with visit(asker, Permission.VIEW_PUPILS, urn, action="show_own_group") as here:
        group = find(here, group_id)
        inside = children_in(here, group)
        number, on_the_page = page_and_rows(number, len(inside))
        pupils = pupils_here(here).numbered(list(inside)).by_name()[on_the_page]
        facts, narrowing = facts_of(group), here.narrowing
        page = OwnGroupPage(
            here.here,
            facts,
            Page(tuple(member_lines(pupils)), number, len(inside)),
            int(value_of("SELECT portal_own_group_size(%s)", group.pk)) if facts.by_hand else None,
            _attendance(here, inside) if Withheld.ATTENDANCE not in narrowing.withheld else (),
            _attainment(here, inside) if Withheld.ATTAINMENT not in narrowing.withheld else (),
            narrowing_in_words(narrowing.year_groups, narrowing.withheld),
            makes_groups(here),
            here.why,
        )
        here.showed(groups=[group.pk], pupils=[child.id for child in page.children], of=len(inside))
        return page


def _attendance(here: Visit, inside: Collection[UUID]) -> tuple[Beside, ...]:
    """The newest terms: sessions attended, out of those possible."""
    is_inside = Case(When(pupil__in=list(inside), then=Value(1)), default=Value(0), output_field=IntegerField())
    told = (
        Attendance.objects.filter(pupil__in=pupils_here(here), dfe_number="", sessions_possible__gt=0)
        .exclude(sessions_absent=None)
        .values_list("academic_year", "term", is_inside)
        .annotate(Count("pk"), Sum("sessions_possible"), Sum("sessions_absent"))
        .order_by("-academic_year", "-term")
    )
    terms: dict[tuple[int, int], dict[int, tuple[int, str]]] = defaultdict(dict)
    for year, term, side, children, possible, absent in in_terms(told):
        if (percent := attended(possible, absent)) is not None:
            terms[year, term][side] = children, attended_in_words(percent)
    return tuple(
        Beside("Attendance", term_in_words(*term), sides.get(1, NOBODY), sides.get(0, NOBODY))
        for term, sides in list(terms.items())[:TERMS]
    )


def _attainment(here: Visit, inside: Collection[UUID]) -> tuple[Beside, ...]:
    """Each measure of attainment for the stages here, in each year in which a child of the group has it."""
    codes = [kind.code for kind in measures_of(here.establishment) if kind.code in ATTAINMENT]
    now = academic_year(here.today)
    wanted = [(code, year) for code in codes for year in range(now, now - YEARS, -1)]
    found = live.children_of_each(whose(here), [(live.COUNTED[code], year) for code, year in wanted], with_groups=False)
    rows = []
    for (code, year), children in zip(wanted, found, strict=True):
        mine = [child for child in children if child.pupil_id in inside]
        if mine:
            others = [child for child in children if child.pupil_id not in inside]
            rows.append(Beside(MEASURE[code].name, in_words(year), _side(code, mine), _side(code, others)))
    return tuple(rows)


NOBODY: Final = (0, "–")


def _side(code: str, children: Sequence[live.CountedChild]) -> tuple[int, str]:
    return (len(children), text_of(MEASURE[code], children)) if children else NOBODY
