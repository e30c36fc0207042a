"""Taking records of children and staff away, and destroying them in time (R14, R15, R43).

A file is made in the transaction that writes its ledger row, and handed out in the one that writes the next.
"""

import json
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet
from django.utils import timezone

from sharing.authorise import Asker, NoSuchRecord, Permission, Through, Visit, the_one, visit
from sharing.dates import A_MOMENT
from sharing.door.managing import looks_after
from sharing.door.paging import page_of
from sharing.door.pupils import pupils_here
from sharing.downloads import keeping, making
from sharing.downloads.kinds import Asked, gather_now, kind_of
from sharing.models import Download, DownloadSecret, StaffMember
from sharing.models.downloads import DownloadQuerySet
from sharing.records import Why
from sharing.records.downloads import (
    Asking,
    DownloadFile,
    DownloadLine,
    DownloadPage,
    DownloadsHere,
    MyDownloads,
    OverdueAt,
    Paper,
)
from sharing.reports import pdf
from sharing.statements import one_at_a_time, value_of
from sharing.to_do.downloads import of_others_on_edunet

Form, State = Download.Form, Download.State
# With more rows than this, and for every PDF, the worker makes the file, so that nobody waits for the page.
MOST_AT_ONCE = 300
CONTENT_TYPES = {
    Form.WORKBOOK: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Form.PDF: "application/pdf",
}
OWN = Why("They are your own.", "")


class NotHereAnyMore(Exception):
    """The file has been collected, lapsed after 24 hours, or contains what the person may no longer see."""


class TooLate(NotHereAnyMore):
    """24 hours have passed since it was asked for: the file is deleted, and its passphrase is no longer shown."""


class StillBeingMade(Exception):
    """The worker has still to make the file with its passphrase, which is not shown before."""


class AlreadyDestroyed(Exception):
    """The person has already said how it was destroyed, or never collected it."""


# Why a passphrase was not shown, as the ledger has it.
NOT_SHOWN: Mapping[type[Exception], str] = {
    TooLate: "too_late", StillBeingMade: "still_being_made", NotHereAnyMore: "shown_before",
}  # fmt: skip


def show_asking(asker: Asker, urn: int, kind: str, asked: Asked) -> Asking:
    """What would be taken away, and how much of it. Raises NoSuchRecord (404)."""
    with _visit(asker, urn, kind, "show_asking") as here:
        what = gather_now(kind, here, asked)
        here.showed(kind=kind, of=what.rows)
        is_first = not Download.objects.by(asker.person_id).exists()
        return Asking(
            here.here, kind, what.title, what.rows, what.notes, is_first, not pdf.missing(),
            here.why,
        )  # fmt: skip


def ask_for_download(asker: Asker, urn: int, kind: str, asked: Asked, *, purpose: str, form: str) -> int:
    """Make an encrypted file, now or, if it is large, by the worker. Returns its id. Raises NoSuchRecord (404).

    The same request within a minute, while nobody has seen the passphrase, is the same download (a double click).
    """
    with _visit(asker, urn, kind, "ask_for_download") as here:
        what = gather_now(kind, here, asked)
        first = _asked_before(
            here, asked, of__establishment=here.establishment, of__kind=kind, of__form=form, of__purpose=purpose,
            of__state__in=(*Download.TO_DO, State.READY), of__asked_at__gte=timezone.now() - A_MOMENT,
            passphrase__isnull=False,
        )  # fmt: skip
        if first:
            here.showed(download=first, kind=kind, asked_before=True)
            return first
        row = _entered(here, kind, form, purpose, rows=what.rows, state=State.WAITING)
        DownloadSecret.objects.create(of=row, asked=_in_store(asked), passphrase=keeping.new_passphrase())
        if form == Form.WORKBOOK and what.rows <= MOST_AT_ONCE:
            making.finish(here, row, what)
            here.showed(**making.about(row, what))
        else:
            here.showed(download=row.pk, kind=kind, form=form, **{"for": purpose}, of=what.rows, waits=True)
        return row.pk


def print_records(asker: Asker, urn: int, kind: str, asked: Asked, *, purpose: str) -> Paper:
    """The records on a page to be printed, which is in the person's hands from now on.

    The same request within a minute is the same printing (a double click), though the ledger records both pages. Raises
    NoSuchRecord (404).
    """
    with _visit(asker, urn, kind, "print_records") as here:
        what = gather_now(kind, here, asked)
        row, is_new = given_out(here, kind, Form.PAPER, purpose, asked, rows=what.rows)
        here.showed(**making.about(row, what), **({} if is_new else {"asked_before": True}))
        marking = making.marking_of(row, what)
        return Paper(here.here, marking, what.sheets, what.notes, here.why)


def list_my_downloads(asker: Asker, *, of: int | None = None, number: int = 1) -> MyDownloads:
    """One's own downloads, of all establishments or of the one with this URN; those to destroy first.

    They are listed even after one's access has ended.
    """
    with visit(asker, Permission.VIEW_ESTABLISHMENT, action="list_my_downloads") as here:
        mine = Download.objects.by(asker.person_id)
        if of is not None:
            mine = mine.filter(establishment__urn=of)
        page = page_of(_in_order(mine), number, lambda row: line_of(row, here))
        overdue = mine.overdue(here.today).count()
        of_others = () if of else _of_others(here)
        here.showed(downloads=[line.id for line in page], of=page.total, others=sum(one.number for one in of_others))
        return MyDownloads(page, overdue, of_others, OWN)


def _of_others(here: Visit) -> tuple[OverdueAt, ...]:
    """The establishments, by name, where other people's downloads are overdue; for those who keep duties."""
    if here.asker.through != Through.EDUNET or not here.asker.second_factor:
        return ()
    kept = here.holdings.at(Permission.MANAGE_DUTIES)
    places = ("establishment__urn", "establishment__name")
    found = of_others_on_edunet(here, kept).values_list(*places).annotate(Count("pk")) if kept else ()
    return tuple(OverdueAt(*row) for row in sorted(found, key=lambda row: row[1]))


def show_download(asker: Asker, download_id: int) -> DownloadPage:
    """One's own download: how far it is, and what to do next. Raises NoSuchRecord (404) for anybody else's."""
    with visit(asker, Permission.VIEW_ESTABLISHMENT, action="show_download") as here:
        row = the_one(Download.objects.by(asker.person_id).select_related("establishment").filter(pk=download_id))
        here.showed(downloads=[row.pk])
        secrets = DownloadSecret.objects.filter(of=row, of__asked_at__gte=keeping.oldest(), passphrase__isnull=False)
        secrets = secrets.filter(of__through=asker.through.value)
        opens_today = here.holdings.holds(kind_of(row.kind).needs(asker.through), row.establishment_id)
        return DownloadPage(line_of(row, here), secrets.exists(), opens_today, OWN)


def show_passphrase(asker: Asker, urn: int, kind: str, download_id: int) -> str:
    """The passphrase, only this once and within 24 hours, of a file that has been made.

    Raises StillBeingMade, NotHereAnyMore (or TooLate) and NoSuchRecord (404).
    """
    words = ""
    with _visit(asker, urn, kind, "show_passphrase") as here:
        row = _own(here, kind, download_id)
        secret = DownloadSecret.objects.select_for_update().filter(of=row, passphrase__isnull=False).first()
        why_not = _why_no_passphrase(row, secret)
        if secret and not why_not:
            words = str(secret.passphrase)
            DownloadSecret.objects.filter(pk=secret.pk).update(passphrase="")
        here.showed(download=row.pk, **({NOT_SHOWN[why_not]: True} if why_not else {}))
    if why_not:
        raise why_not
    return words


def _why_no_passphrase(row: Download, secret: DownloadSecret | None) -> type[StillBeingMade | NotHereAnyMore] | None:
    if row.asked_at < keeping.oldest():
        return TooLate
    if row.state in Download.TO_DO:
        return StillBeingMade
    return None if secret else NotHereAnyMore


def collect_download(asker: Asker, urn: int, kind: str, download_id: int) -> DownloadFile:
    """The encrypted file, of which the service keeps no copy. Raises NotHereAnyMore and NoSuchRecord (404)."""
    content = None
    with _visit(asker, urn, kind, "collect_download") as here:
        row = _own(here, kind, download_id)
        if row.state == State.READY and _is_still_right(here, row):
            content = keeping.take_out(row.pk)
            Download.objects.filter(pk=row.pk).update(state=State.COLLECTED, collected_at=timezone.now())
        elif row.state == State.READY:
            keeping.forget(row.pk)
            Download.objects.filter(pk=row.pk).update(state=State.LAPSED)
        here.showed(download=row.pk, rows=row.rows, dispose_by=row.dispose_by, given=content is not None)
    if content is None:
        raise NotHereAnyMore
    return DownloadFile(f"{row}-{kind}.{row.form}", CONTENT_TYPES[Form(row.form)], content)


def confirm_disposal(asker: Asker, download_id: int, *, how: str) -> None:
    """Record how the person says it was destroyed. Raises AlreadyDestroyed and NoSuchRecord (404)."""
    with visit(asker, Permission.VIEW_ESTABLISHMENT, action="confirm_disposal") as here:
        mine = Download.objects.by(asker.person_id).filter(pk=download_id)
        if not mine.exists():
            raise NoSuchRecord
        settled = value_of("SELECT access_register_say_destroyed(%s, %s)", download_id, how)
        if settled:
            here.changed(downloads=[download_id], how=how)
        else:
            here.showed(downloads=[download_id], already_settled=True)
    if not settled:
        raise AlreadyDestroyed


def list_downloads_here(asker: Asker, urn: int, *, number: int = 1) -> DownloadsHere:
    """What people have taken from an establishment, for those who keep its register.

    For those who keep duties: what officers have taken, and the people of a school that has ended.
    """
    with visit(asker, looks_after(asker), urn, action="list_downloads_here") as here:
        of_here = Download.objects.filter(establishment=here.establishment).looked_after_at(asker.through)
        known = _in_order(of_here).knowing_who_has_left(here.today)
        page = page_of(known, number, lambda row: line_of(row, here))
        kept, overdue = of_here.still_kept().count(), of_here.overdue(here.today).count()
        here.showed(downloads=[line.id for line in page], of=page.total)
        return DownloadsHere(here.here, page, kept, overdue, here.why)


def note_destroyed(asker: Asker, urn: int, download_id: int) -> None:
    """Record that somebody without access any more has written that it is destroyed; done by those who watch downloads.

    Raises AlreadyDestroyed, also where the person can still say so themselves, and NoSuchRecord (404).
    """
    with visit(asker, looks_after(asker), urn, action="note_destroyed") as here:
        of_here = Download.objects.filter(establishment=here.establishment).looked_after_at(asker.through)
        if not of_here.filter(pk=download_id).exists():
            raise NoSuchRecord
        noted = value_of("SELECT access_register_note_destroyed(%s)", download_id)
        if noted:
            here.changed(downloads=[download_id])
        else:
            here.showed(downloads=[download_id], not_to_be_noted=True)
    if not noted:
        raise AlreadyDestroyed


def answer_asked_for(here: Visit, request_id: int) -> int:
    """Have the worker make the answer to a subject access request, within the visit that asks for it, and say so there.

    Returns its id or, where one already waits to be made, the id of that.
    """
    kind, asked = Download.Kind.SUBJECT, {"request": str(request_id)}
    first = _asked_before(here, asked, of__kind=kind, of__state__in=Download.TO_DO, of__asked_at__gte=keeping.oldest())
    if first:
        here.showed(request=request_id, download=first, asked_before=True)
        return first
    row = _entered(here, kind, Form.PDF, Download.Purpose.SUBJECT, rows=0, state=State.WAITING)
    DownloadSecret.objects.create(of=row, asked=_in_store(asked), passphrase=keeping.new_passphrase())
    here.changed(request=request_id, download=row.pk)
    return row.pk


def answer_of(here: Visit, request_id: int) -> int | None:
    """The asker's newest answer to a request. Which one it answers is known for as long as the file may be here."""
    return _newest_of(here, {"request": str(request_id)}, of__kind=Download.Kind.SUBJECT)


def still_kept_by(here: Visit, person_id: int) -> tuple[DownloadLine, ...]:
    """What a person has taken from the establishment and not destroyed, for whoever ends their access."""
    held = Download.objects.by(person_id).filter(establishment=here.establishment).still_kept()
    return tuple(line_of(row, here) for row in _in_order(held))


def count_still_kept(here: Visit) -> dict[int, int]:
    """person -> how many downloads of the establishment they still have, for whoever reviews its lines."""
    held = Download.objects.filter(establishment=here.establishment, through=here.asker.through.value).still_kept()
    return dict(held.values_list("by_person_id").annotate(Count("pk")).order_by())


def given_out(here: Visit, kind: str, form: str, purpose: str, asked: Asked, *, rows: int) -> tuple[Download, bool]:
    """Record what leaves at once and unencrypted: a printed page, a transfer file.

    Called inside the visit whose ledger row says so. Also returns whether it is new: the same request within a minute,
    unless destroyed since, is the same one (a double click).
    """
    first = _asked_before(
        here, asked, of__establishment=here.establishment, of__kind=kind, of__form=form, of__purpose=purpose,
        of__disposed_at=None, of__asked_at__gte=timezone.now() - A_MOMENT,
    )  # fmt: skip
    if first:
        return Download.objects.get(pk=first), False
    row = _entered(here, kind, form, purpose, rows=rows, state=State.COLLECTED)
    DownloadSecret.objects.create(of=row, asked=_in_store(asked))
    return row, True


def _asked_before(here: Visit, asked: Asked, **facts: Any) -> int | None:
    """The asker's own earlier download of the same, with these facts.

    Of two requests at the same moment, the second waits here and finds the first.
    """
    one_at_a_time("ask_for_download")
    return _newest_of(here, asked, **facts)


def _newest_of(here: Visit, asked: Asked, **facts: Any) -> int | None:
    mine = DownloadSecret.objects.filter(
        of__by_person_id=here.asker.person_id, of__through=here.asker.through.value, **facts
    )
    return next((secret.pk for secret in mine.order_by("-pk") if secret.asked == _in_store(asked)), None)


def _in_store(asked: Asked) -> str:
    return json.dumps(dict(asked))


def _entered(here: Visit, kind: str, form: str, purpose: str, *, rows: int, state: Download.State) -> Download:
    return Download.objects.create(
        kind=kind,
        form=form,
        purpose=purpose,
        establishment=here.establishment,
        by_person_id=here.asker.person_id,
        by_name=here.asker.name,
        through=here.asker.through.value,
        dispose_by=here.today + timedelta(days=Download.DAYS[Download.Purpose(purpose)]),
        state=state,
        rows=rows,
        collected_at=timezone.now() if state == State.COLLECTED else None,
    )


def _visit(asker: Asker, urn: int, kind: str, action: str) -> AbstractContextManager[Visit]:
    return visit(asker, kind_of(kind).needs(asker.through), urn, action=action)


def _own(here: Visit, kind: str, download_id: int) -> Download:
    """The asker's own, asked for at this site: a file made on EduNet does not leave by Schools Online (R38)."""
    mine = Download.objects.by(here.asker.person_id).filter(through=here.asker.through.value)
    mine = mine.filter(establishment=here.establishment, kind=kind)
    return the_one(mine.select_for_update().filter(pk=download_id))


def _is_still_right(here: Visit, row: Download) -> bool:
    """Whether the file may still be handed out (R5, R18, R35, R44).

    It was asked for within 24 hours, the person's view of the pupils is the same as then, and each child and each
    member of staff in it can still be seen here today, as who may be seen changes from day to day. For a kind that the
    worker makes, such as subject access, the kind itself decides that last point.
    """
    secret, kind = DownloadSecret.objects.filter(pk=row.pk).first(), kind_of(row.kind)
    if secret is None or row.asked_at < keeping.oldest():  # without a secret, the worker has just found it too old
        return False
    now = here.narrowing
    if (frozenset(secret.year_groups), frozenset(secret.withheld)) != (now.year_groups, now.withheld):
        return False
    if kind.by_worker:
        return kind.still(here, json.loads(str(secret.asked)), secret.pupils)
    in_post = StaffMember.objects.of(here.establishment.pk).in_post_on(here.today)
    return _all_are_in(pupils_here(here), secret.pupils) and _all_are_in(in_post, secret.staff)


def _all_are_in(seen: QuerySet[Any], ids: Sequence[UUID]) -> bool:
    return seen.filter(pk__in=ids).count() == len(ids)


def _in_order(rows: DownloadQuerySet) -> DownloadQuerySet:
    return rows.select_related("establishment").to_destroy_first()


def line_of(row: Download, here: Visit) -> DownloadLine:
    """A download as lists show it. If nobody collected it in time it has lapsed, even before the night says so."""
    as_they_are = (
        "id", "kind", "form", "by_name", "asked_at", "progress", "rows", "size", "dispose_by", "collected_at",
        "disposed_at",
    )  # fmt: skip
    kept = row.state == State.COLLECTED and row.disposed_at is None
    waits = row.state in {State.WAITING, State.MAKING, State.READY}
    state = State.LAPSED if waits and row.asked_at < keeping.oldest() else State(row.state)
    return DownloadLine(
        state=state.value,
        state_words=state.label,
        collect_by=keeping.collect_by(row.asked_at),
        **{name: getattr(row, name) for name in as_they_are},
        title=row.get_kind_display(),
        form_words=row.get_form_display(),
        purpose=row.get_purpose_display(),
        urn=row.establishment.urn,
        establishment=row.establishment.name,
        at_other_site="" if row.through == here.asker.through else Through(row.through).label,
        disposed_how=row.get_disposed_how_display(),
        is_overdue=kept and row.dispose_by < here.today,
        may_be_noted=kept and getattr(row, "has_left", False),
    )
