"""What people took away from Beckside: a file that should be gone by now, and two pages, one since shredded (R14)."""

from datetime import date, timedelta

from access_register.demo.story.acting import as_, person, then
from sharing import door
from sharing.demo.cases import BY_SLUG
from sharing.demo.places import BECKSIDE
from sharing.demo.pupils import record_id
from sharing.models import Download
from sharing.roles import BATCH, acting_as

Kind, Form, Purpose, How = Download.Kind, Download.Form, Download.Purpose, Download.How


def tell(today: date) -> None:
    if not _is_there("teacher-beckside", Kind.PUPILS):
        _a_file_for_a_trip(today)
    if not _is_there("senco-beckside", Kind.PUPIL):
        _a_page_that_was_shredded(today)
    if not _is_there("deputy-beckside", Kind.PUPIL):
        _a_page_in_good_time(today)


def _is_there(slug: str, kind: Download.Kind) -> bool:
    with acting_as(BATCH):
        return Download.objects.by(person(slug).pk).filter(kind=kind).exists()


def _a_file_for_a_trip(today: date) -> None:
    teacher, year = as_("teacher-beckside"), {"year_group": "4"}
    number = door.ask_for_download(teacher, BECKSIDE, Kind.PUPILS, year, purpose=Purpose.TRIP, form=Form.WORKBOOK)
    door.show_passphrase(teacher, BECKSIDE, Kind.PUPILS, number)
    door.collect_download(teacher, BECKSIDE, Kind.PUPILS, number)
    _lies_back(today, number, ago=21)


def _a_page_that_was_shredded(today: date) -> None:
    number = _printed("senco-beckside", "came-back", Purpose.MEETING)
    door.confirm_disposal(as_("senco-beckside"), number, how=How.SHREDDED)
    _lies_back(today, number, ago=14, destroyed=7)


def _a_page_in_good_time(today: date) -> None:
    _lies_back(today, _printed("deputy-beckside", "transfer-the-other-way", Purpose.MEETING), ago=7)


def _printed(slug: str, case: str, purpose: Download.Purpose) -> int:
    asked = {"pupil": str(record_id(BECKSIDE, BY_SLUG[case].upn))}
    return door.print_records(as_(slug), BECKSIDE, Kind.PUPIL, asked, purpose=purpose).marking.id


def _lies_back(today: date, number: int, *, ago: int, destroyed: int | None = None) -> None:
    with acting_as(BATCH):
        row = Download.objects.get(pk=number)
        row.asked_at = row.collected_at = then(today, ago)
        row.made_at = row.asked_at if row.made_at else None
        row.dispose_by -= timedelta(days=ago)
        if destroyed is not None:
            row.disposed_at = then(today, destroyed)
        row.save(update_fields=["asked_at", "collected_at", "made_at", "dispose_by", "disposed_at"])
