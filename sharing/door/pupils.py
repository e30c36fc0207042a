"""Pupils of one establishment (R5, R6, R33): the list, a person's choice of columns, and the class they keep."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sharing import codes
from sharing.authorise import Asker, NoSuchRecord, Permission, Visit, Withheld, visit
from sharing.door import own_lists, pupil_columns, pupil_filter
from sharing.door.paging import page_of
from sharing.door.pupil_filter import EVERYONE, PupilFilter
from sharing.models import Attendance, Pupil
from sharing.models.pupils import PupilQuerySet
from sharing.models.transfers import knowing_leavers, who_have_left
from sharing.narrowing import in_words
from sharing.records import Page
from sharing.records.pupils import Column, PupilLine, PupilList
from sharing.school_year import academic_year, term_in_words
from sharing.school_year import in_words as year_in_words

IN_ORDER = {
    "name": PupilQuerySet.by_name,
    "year": PupilQuerySet.by_year_group,
    "class": PupilQuerySet.by_class,
}
NO_TERM = (0, 0)
COMING, LEFT = "Coming", "Left"


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
        rows = page_of(listed.found, number, lambda pupil: pupil, all_of_them if only == EVERYONE else None)
        page = Page(listed.lines(rows.rows), rows.number, rows.total)
        as_of, source, note = told_by_most((source, many, newest) for _, _, source, many, newest in groups)
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
            note=note,
            years_of=_years_of(as_of, here.today),
            narrowed=in_words(narrowing.year_groups, narrowing.withheld),
            kept=own_lists.kept_here(here) if only.year_group or only.class_name else None,
            why=here.why,
        )


def told_by_most(kinds: Iterable[tuple[str, int, date]]) -> tuple[date | None, str, str]:
    """The day and the source that most records have, and in words how many records have another.

    `kinds` are (source, how many, newest day). It is not the newest source: for a whole school, that would be the file
    of the one child who came last.
    """
    number: Counter[str] = Counter()
    newest: dict[str, date] = {}
    for source, many, day in kinds:
        number[source] += many
        newest[source] = max(day, newest.get(source, day))
    if not number:
        return None, "", ""
    most = max(number, key=lambda source: (number[source], newest[source], source))
    others = number.total() - number[most]
    known = f"{others:,} of the {number.total():,} records {'has' if others == 1 else 'have'} another source"
    return newest[most], most, f"{known}: a record’s own page names it." if others else ""


def _years_of(as_of: date | None, today: date) -> str:
    """The school year of the year groups, where it is not the current one: new ones come with a return, in autumn."""
    year = academic_year(as_of or today)
    return year_in_words(year) if year < academic_year(today) else ""


@dataclass(frozen=True)
class Listed:
    """The pupils of a list in order, the asker's columns, the attendance's term, and the day of the list."""

    found: PupilQuerySet
    everyone: PupilQuerySet
    columns: tuple[Column, ...]
    term: str
    day: date

    def lines(self, pupils: Collection[Pupil]) -> tuple[PupilLine, ...]:
        shown = tuple(column.code for column in self.columns if column.shown)
        left = who_have_left(pupils, self.day)
        return tuple(_line(pupil, left, shown) for pupil in pupils)


def listed_pupils(here: Visit, only: PupilFilter, sort: str) -> Listed:
    """Those of the pupils the visitor may see whom the filters leave, with what the columns shown need."""
    withheld = here.narrowing.withheld
    everyone = pupils_here(here)
    term = newest_term(here) if Withheld.ATTENDANCE not in withheld else None
    words = term_in_words(*term) if term else ""
    # Without its column, a band of attendance does not say how much any child attended.
    columns = pupil_columns.columns(withheld, words, asked_for=["attendance"] if only.attendance else [])
    shown = {column.code for column in columns if column.shown}
    carrying = knowing_leavers(everyone.for_a_list(here.today), here.today)
    if "attendance" in shown:
        carrying = carrying.with_attendance(*(term or NO_TERM))
    found = pupil_filter.narrowed(carrying, only, withheld)
    return Listed(IN_ORDER[sort](found.with_needs() if "sen" in shown else found), everyone, columns, words, here.today)


def choose_columns(asker: Asker, urn: int, *, wanted: Collection[str]) -> None:
    """Remember which columns the person wants in the list, from now on and at each of their establishments."""
    with visit(asker, Permission.VIEW_PUPILS, urn, action="choose_columns") as here:
        here.changed(columns=pupil_columns.choose(asker.person_id, wanted, here.narrowing.withheld))


def keep_own_list(asker: Asker, urn: int, *, year_group: str, class_name: str) -> bool:
    """Keep a class, or a year group, for one's home page; with neither, keep none. Returns whether one is kept.

    Raises NoSuchRecord where the asker sees no child in it today, so that nothing else gets into the store.
    """
    with visit(asker, Permission.VIEW_PUPILS, urn, action="keep_own_list") as here:
        only = PupilFilter(year_group=year_group, class_name=class_name)
        if only != EVERYONE and not pupil_filter.narrowed(pupils_here(here), only, here.narrowing.withheld).exists():
            raise NoSuchRecord
        own_lists.keep(here, year_group, class_name)
        here.changed()
        return only != EVERYONE


def pupils_here(here: Visit) -> PupilQuerySet:
    """The pupils that the visitor may see at the establishment today."""
    seen = Pupil.objects.of(here.establishment.pk).visible_on(here.today).in_years(here.narrowing.year_groups)
    return seen.filter(pk=here.one.pupil_id) if here.one else seen


def newest_term(here: Visit) -> tuple[int, int] | None:
    """The newest term for which anybody's sessions are known here: (academic year, term)."""
    known = Attendance.objects.filter(sessions_possible__gt=0, sessions_absent__isnull=False)
    counted = known.filter(establishment=here.establishment, dfe_number="").newest_first()
    return counted.values_list("academic_year", "term").first()


def standing_of(pupil: Pupil, left: Collection[UUID]) -> str:
    """Why somebody not on the register is seen: as coming, or for the transfer file (R5, R8), if among `left`."""
    if pupil.is_enrolled:
        return ""
    return LEFT if pupil.pk in left else COMING


def _line(pupil: Pupil, left: Collection[UUID], shown: tuple[str, ...]) -> PupilLine:
    return PupilLine(
        id=pupil.pk,
        surname=pupil.surname,
        forename=pupil.forename,
        standing=standing_of(pupil, left),
        cells=tuple(pupil_columns.COLUMNS[code].cell(pupil) for code in shown),
    )
