"""The rows of the queue: reports to be made, and those that were (docs/adr/0014). Everything runs as portal_batch."""

from datetime import date

from django.db.models import Exists, OuterRef

from sharing.crypto import decrypt_bytes, encrypt_bytes
from sharing.models import Establishment, Release, Report
from sharing.records.reports import FULL, GOVERNORS, ReportFacts
from sharing.reports.gathering import gather

KINDS = (GOVERNORS, FULL)


def seal(report_id: int, content: bytes) -> bytes:
    return encrypt_bytes(content, column=_place(report_id))


def unseal(report_id: int, sealed: bytes) -> bytes:
    return decrypt_bytes(sealed, column=_place(report_id))


def _place(report_id: int) -> str:
    return f"sharing_report.sealed/{report_id}"


def releases_out() -> list[int]:
    """The ids of releases that are out and current."""
    return sorted(Release.objects.current().values_list("pk", flat=True))


def to_look_at(today: date, out: list[int]) -> list[int]:
    """The establishments of the community whose reports have not yet been compared with what is out today."""
    looked = Report.objects.filter(establishment=OuterRef("pk"), looked_on=today, looked_releases=out)
    taken_part = Establishment.objects.of_the_community().filter(participations__isnull=False)
    left = taken_part.exclude(Exists(looked)).order_by("pk").values_list("pk", flat=True)
    return list(left.distinct())


def look_at(establishment_id: int, today: date, out: list[int]) -> None:
    """Make sure that the establishment's reports of what is out now exist or are queued, and that no others do.

    A report that could not be made on an earlier day is tried again.
    """
    failed = Report.objects.filter(establishment=establishment_id, state=Report.State.FAILED).exclude(looked_on=today)
    failed.update(state=Report.State.WAITING, tries=0)
    for facts in gather(establishment_id, today, *KINDS):
        keep(establishment_id, facts)
        Report.objects.filter(establishment=establishment_id, kind=facts.report).update(
            looked_on=today, looked_releases=out
        )


def keep(establishment_id: int, facts: ReportFacts, *, is_awaited: bool = False) -> None:
    """Queue the report with these contents unless it exists, and delete one with any other contents."""
    of_it = Report.objects.filter(establishment=establishment_id, kind=facts.report)
    of_it.exclude(fingerprint=facts.fingerprint).delete()
    Report.objects.bulk_create([waiting(establishment_id, facts, is_awaited=is_awaited)], ignore_conflicts=True)


def waiting(establishment_id: int, facts: ReportFacts, *, is_awaited: bool) -> Report:
    """The row that queues the report, unsaved; if the report would be empty, the row that says so."""
    return Report(
        establishment_id=establishment_id,
        kind=facts.report,
        fingerprint=facts.fingerprint,
        shares=facts.shares,
        releases=facts.releases,
        state=Report.State.WAITING if facts.measures else Report.State.EMPTY,
        is_awaited=is_awaited,
    )
