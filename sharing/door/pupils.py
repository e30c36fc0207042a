"""Pupils of one establishment (R5, R6, R33): the list, and one record."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sharing import codes
from sharing.authorise import Asker, NoSuchRecord, Permission, Withheld, visit
from sharing.dates import covers
from sharing.door.paging import page_of
from sharing.models import Pupil
from sharing.narrowing import in_words
from sharing.records import (
    AttendanceRecord,
    EnrolmentRecord,
    NeedsRecord,
    PupilLine,
    PupilLineWithNeeds,
    PupilList,
    PupilPage,
    PupilRecord,
    Why,
)


@dataclass(frozen=True)
class PupilFilter:
    """What to narrow the list to. Empty: everyone. `fsm` is "yes" or "no"."""

    named: str = ""
    year_group: str = ""
    sex: str = ""
    sen: str = ""
    fsm: str = ""


EVERYONE = PupilFilter()
SEN_IN_SHORT = {"N": "None", "K": "SEN support", "E": "EHC plan"}


def list_pupils(asker: Asker, urn: int, *, only: PupilFilter = EVERYONE, number: int = 1) -> PupilList:
    """The children attending, or transferring to, the establishment today, by name, 50 a page."""
    with visit(asker, Permission.VIEW_PUPILS, urn, action="list_pupils") as here:
        narrowing = here.narrowing
        shows_needs = Withheld.SEN not in narrowing.withheld
        everyone = Pupil.objects.of(here.establishment.pk).visible_on(here.today).in_years(narrowing.year_groups)
        found = everyone.named(only.named)
        if only.year_group:
            found = found.filter(year_group=only.year_group)
        if only.sex:
            found = found.filter(sex=only.sex)
        if only.sen and shows_needs:
            found = found.filter(needs__sen_provision=only.sen)
        if only.fsm:
            found = found.filter(free_school_meals=only.fsm == "yes")
        listed = found.for_a_list(here.today).by_name()
        page = page_of(listed.with_needs(), number, _line_with_needs) if shows_needs else page_of(listed, number, _line)
        years = sorted(everyone.values_list("year_group", flat=True).distinct(), key=codes.nc_year_order)
        newest = everyone.order_by("-as_of").values_list("as_of", "source").first() or (None, "")
        here.showed(pupils=[pupil.id for pupil in page], of=page.total)
        return PupilList(
            here.here,
            page,
            year_groups=tuple((code, _words(codes.NC_YEARS, code)) for code in years if code),
            sen_provisions=tuple(SEN_IN_SHORT.items()) if shows_needs else (),
            as_of=newest[0],
            source=newest[1],
            narrowed=in_words(narrowing.year_groups, narrowing.withheld),
            why=Why(here.reason, here.permission),
        )


def show_pupil(asker: Asker, urn: int, pupil_id: UUID) -> PupilPage:
    """One child's record at the establishment. Raises NoSuchRecord (404) when it may not be seen today (R5, R6)."""
    with visit(asker, Permission.VIEW_PUPILS, urn, action="show_pupil") as here:
        narrowing = here.narrowing
        found = Pupil.objects.of(here.establishment.pk).visible_on(here.today).in_years(narrowing.year_groups)
        shows_needs, shows_attendance = (kind not in narrowing.withheld for kind in (Withheld.SEN, Withheld.ATTENDANCE))
        found = found.with_needs() if shows_needs else found
        found = found.with_attendance() if shows_attendance else found
        pupil = found.filter(pk=pupil_id).first()
        if pupil is None:
            raise NoSuchRecord
        record = _record(pupil, here.today)
        here.showed(pupils=[pupil.pk])
        return PupilPage(
            here.here,
            record,
            needs=NeedsRecord(_words(codes.SEN_PROVISION, pupil.sen or "")) if shows_needs else None,
            attendance=AttendanceRecord(pupil.possible, pupil.absent) if shows_attendance else None,
            narrowed=in_words(narrowing.year_groups, narrowing.withheld),
            why=Why(here.reason, here.permission),
        )


def _words(labels: Mapping[str, str], code: str) -> str:
    """The code list's words for a code; a code the list does not have is shown as it is."""
    return labels.get(code, code)


def _line(pupil: Pupil) -> PupilLine:
    return PupilLine(
        id=pupil.pk,
        surname=pupil.surname,
        forename=pupil.forename,
        born_on=pupil.born_on,
        sex=_words(codes.SEX, pupil.sex),
        year_group=_words(codes.NC_YEARS, pupil.year_group),
        free_school_meals=pupil.free_school_meals,
        transferring=not pupil.is_enrolled,
    )


def _line_with_needs(pupil: Pupil) -> PupilLineWithNeeds:
    return PupilLineWithNeeds(**vars(_line(pupil)), sen=_words(SEN_IN_SHORT, pupil.sen or ""))


def _record(pupil: Pupil, today: date) -> PupilRecord:
    enrolments = tuple(
        EnrolmentRecord(enrolment.get_kind_display(), enrolment.starts_on, enrolment.ends_on)
        for enrolment in pupil.enrolments.filter(cancelled_at=None).order_by("-starts_on")
    )
    coming = pupil.transfers.filter(cancelled_at=None, agreed_on__lte=today, lapses_on__gte=today)
    if pupil.enrolments.filter(covers(today), cancelled_at=None).exists():
        coming = coming.none()
    as_they_are = [
        "upn",
        "former_upn",
        "surname",
        "forename",
        "middle_names",
        "preferred_surname",
        "born_on",
        "free_school_meals",
        "part_time",
        "source",
        "as_of",
    ]
    return PupilRecord(
        id=pupil.pk,
        **{name: getattr(pupil, name) for name in as_they_are},
        sex=_words(codes.SEX, pupil.sex),
        ethnicity=_words(codes.ETHNICITY, codes.main_ethnicity(pupil.ethnicity) or pupil.ethnicity),
        language=_words(codes.LANGUAGE, pupil.language),
        year_group=_words(codes.NC_YEARS, pupil.year_group),
        service_child=_words(codes.SERVICE_CHILD, pupil.service_child),
        boarder=_words(codes.BOARDER, pupil.boarder),
        enrolments=enrolments,
        transfer_expected_on=coming.order_by("expected_on").values_list("expected_on", flat=True).first(),
    )
