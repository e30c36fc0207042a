"""Pupils of one establishment (R5, R6, R33): the list, and the columns that a person wants in it."""

from collections.abc import Collection
from dataclasses import dataclass

from sharing import codes
from sharing.authorise import Asker, Permission, Visit, Withheld, visit
from sharing.door import pupil_columns, pupil_filter
from sharing.door.paging import page_of
from sharing.door.pupil_filter import EVERYONE, PupilFilter
from sharing.models import Attendance, Pupil
from sharing.models.pupils import PupilQuerySet
from sharing.narrowing import in_words
from sharing.records.pupils import Column, PupilLine, PupilList
from sharing.school_year import term_in_words

IN_ORDER = {
    "name": PupilQuerySet.by_name,
    "year": PupilQuerySet.by_year_group,
    "class": PupilQuerySet.by_class,
}
NO_TERM = (0, 0)


def list_pupils(
    asker: Asker, urn: int, *, only: PupilFilter = EVERYONE, sort: str = "name", number: int = 1
) -> PupilList:
    """The children attending, or transferring to, the establishment today, 50 a page; `sort` is one of SORTS."""
    with visit(asker, Permission.VIEW_PUPILS, urn, action="list_pupils") as here:
        narrowing = here.narrowing
        listed = listed_pupils(here, only, sort)
        everyone, columns, words = listed.everyone, listed.columns, listed.term
        groups = list(everyone.in_groups())
        all_of_them = sum(many for *_, many, _ in groups)
        page = page_of(listed.found, number, listed.line, all_of_them if only == EVERYONE else None)
        as_of, source = max(((newest, source) for _, _, source, _, newest in groups), default=(None, ""))
        here.showed(pupils=[pupil.id for pupil in page], of=page.total)
        return PupilList(
            here.here,
            page,
            everyone=all_of_them,
            columns=columns,
            choices=pupil_filter.choices(
                only,
                narrowing.withheld,
                years=sorted({year for year, *_ in groups if year}, key=codes.nc_year_order),
                classes=dict.fromkeys(name for _, name, *_ in groups if name),
                term=words,
            ),
            active=pupil_filter.active(only, narrowing.withheld),
            sort=sort,
            as_of=as_of,
            source=source,
            narrowed=in_words(narrowing.year_groups, narrowing.withheld),
            why=here.why,
        )


@dataclass(frozen=True)
class Listed:
    """The pupils of a list in their order, the columns that the asker may have, and the term of the attendance."""

    found: PupilQuerySet
    everyone: PupilQuerySet
    columns: tuple[Column, ...]
    term: str

    def line(self, pupil: Pupil) -> PupilLine:
        return _line(pupil, tuple(column.code for column in self.columns if column.shown))


def listed_pupils(here: Visit, only: PupilFilter, sort: str) -> Listed:
    """Those whom the filters leave of the pupils that the visitor may see, carrying what the columns shown need."""
    withheld = here.narrowing.withheld
    everyone = pupils_here(here)
    term = newest_term(here) if Withheld.ATTENDANCE not in withheld else None
    words = term_in_words(*term) if term else ""
    columns = pupil_columns.columns(withheld, words)
    shown = {column.code for column in columns if column.shown}
    carrying = everyone.for_a_list(here.today)
    if "attendance" in shown or (only.attendance and Withheld.ATTENDANCE not in withheld):
        carrying = carrying.with_attendance(*(term or NO_TERM))
    found = pupil_filter.narrowed(carrying, only, withheld)
    return Listed(IN_ORDER[sort](found.with_needs() if "sen" in shown else found), everyone, columns, words)


def choose_columns(asker: Asker, urn: int, *, wanted: Collection[str]) -> None:
    """Remember which columns the person wants in the list, from now on and at each of their establishments."""
    with visit(asker, Permission.VIEW_PUPILS, urn, action="choose_columns") as here:
        here.changed(columns=pupil_columns.choose(asker.person_id, wanted, here.narrowing.withheld))


def pupils_here(here: Visit) -> PupilQuerySet:
    """The pupils that the visitor may see at the establishment today."""
    seen = Pupil.objects.of(here.establishment.pk).visible_on(here.today).in_years(here.narrowing.year_groups)
    return seen.filter(pk=here.one.pupil_id) if here.one else seen


def newest_term(here: Visit) -> tuple[int, int] | None:
    """The newest term whose sessions are known of anybody here: (academic year, term)."""
    counted = Attendance.objects.filter(establishment=here.establishment, dfe_number="").newest_first()
    return counted.values_list("academic_year", "term").first()


def _line(pupil: Pupil, shown: tuple[str, ...]) -> PupilLine:
    return PupilLine(
        id=pupil.pk,
        surname=pupil.surname,
        forename=pupil.forename,
        transferring=not pupil.is_enrolled,
        cells=tuple(pupil_columns.COLUMNS[code].cell(pupil) for code in shown),
    )
