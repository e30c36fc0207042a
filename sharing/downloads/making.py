"""Large files that the worker makes in the name of the person who asked: both locks apply as on a page (R6, R45).

The Download table is the queue (docs/adr/0014). What is not collected within 24 hours is deleted here, between the
worker's jobs (R14).
"""

import json
from functools import partial
from typing import Any, Final

from django.utils import timezone

from sharing.authorise import Asker, Through, Visit, visit
from sharing.claim import DOWNLOADS, claim, or_failed
from sharing.downloads import keeping, paper, workbook
from sharing.downloads.kinds import kind_of
from sharing.models import Download, DownloadSecret
from sharing.records.downloads import Gathered, Marking
from sharing.roles import BATCH, acting_as

State = Download.State
MOST_TRIES: Final = 3
_DRAW = {Download.Form.WORKBOOK: workbook.draw, Download.Form.PDF: paper.draw}


class NoPassphrase(Exception):
    """A file without one would open for everybody, so none is made."""


def do_next() -> bool:
    """Make one file that is waiting, after deleting uncollected ones. Returns False if none is waiting."""
    with acting_as(BATCH):
        keeping.lapse()
        waiting = list(Download.objects.filter(state__in=Download.TO_DO).order_by("pk").values_list("pk", flat=True))
    return any(take_up(download_id) for download_id in waiting)


def take_up(download_id: int) -> bool:
    """Make this file. Returns False if another worker has it, or it is gone."""
    with claim(download_id, DOWNLOADS) as mine:
        if mine is None or not (tries := mine.begin(State.MAKING, instead_of=Download.TO_DO)):
            return False
        with or_failed(f"download {download_id}", partial(_fail, download_id)):
            if tries > MOST_TRIES:
                raise RuntimeError("the worker ended each time")
            _make(download_id)
    return True


def _fail(download_id: int) -> None:
    with acting_as(BATCH):
        Download.objects.filter(pk=download_id, state=State.MAKING).update(state=State.FAILED)


def _make(download_id: int) -> None:
    """Gather it in a visit with the person's access of today. The second factor was given when they asked."""
    with acting_as(BATCH):
        row = Download.objects.select_related("establishment", "secret").get(pk=download_id)
        asked, urn = json.loads(str(row.secret.asked)), row.establishment.urn
    asker = Asker(row.by_person_id, row.by_name, Through(row.through), acting_for=str(urn), second_factor=True)
    kind = kind_of(row.kind)
    with visit(asker, kind.needs(asker.through), urn, action="make_download") as here:
        what = kind.gather(here, asked)
        finish(here, row, what)
        here.showed(**about(row, what))


def finish(here: Visit, row: Download, what: Gathered) -> None:
    """Draw the file and store it, inside the visit whose ledger row records it: either both exist, or neither does."""
    secret = DownloadSecret.objects.get(pk=row.pk)
    if not secret.passphrase:
        raise NoPassphrase
    content = _DRAW[Download.Form(row.form)](what, marking_of(row, what), str(secret.passphrase))
    keeping.keep(row.pk, content)
    narrowing = here.narrowing
    secret.year_groups, secret.withheld = sorted(narrowing.year_groups), sorted(narrowing.withheld)
    secret.pupils = sorted(set(what.about.get("pupils", ())))
    secret.staff = sorted(set(what.about.get("staff", ())))
    secret.save(update_fields=["year_groups", "withheld", "pupils", "staff"])
    made = {"state": State.READY, "progress": 100, "rows": what.rows, "size": len(content), "made_at": timezone.now()}
    Download.objects.filter(pk=row.pk).update(**made)


def marking_of(row: Download, what: Gathered) -> Marking:
    return Marking(
        id=row.pk,
        title=what.title,
        establishment=row.establishment.name,
        person=row.by_name,
        at=timezone.localtime(row.asked_at),
        purpose=row.get_purpose_display(),
        dispose_by=row.dispose_by,
    )


def about(row: Download, what: Gathered) -> dict[str, Any]:
    """What the ledger records about a download: whose records, in which form, for what purpose, until when (R43)."""
    facts = {"download": row.pk, "kind": row.kind, "form": row.form, "for": row.purpose, "rows": what.rows}
    return {**facts, "dispose_by": row.dispose_by, **what.about}
