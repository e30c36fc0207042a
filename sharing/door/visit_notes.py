"""Preparing a visit: an officer's notes on an establishment, beside what waits there (R9); the head reads some (R18).

Officers with a duty for the establishment read a note, and its head where the author says so. Only the author changes
or removes it; the information manager removes one whose author has left (access_register.officers.left_notes). It may
name a child, so it is encrypted and needs a second factor.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.utils import timezone

from sharing.authorise import Asker, NeedsSecondFactor, NoSuchRecord, NotAtYourLevel, Permission, Through, Visit, visit
from sharing.cannot import check_unchanged, version_of
from sharing.door.dashboard import ON_TILES, tiles_of
from sharing.door.paging import page_of
from sharing.door.release_calendar import coming_releases
from sharing.door.returns import waiting_returns
from sharing.measures.stopped import stopped_of
from sharing.models import Challenge, VisitNote
from sharing.records.visits import NotePage, NoteRecord, NotesToHead, VisitPage
from sharing.statements import one_at_a_time

BY_DUTY = (Permission.VIEW_PUPILS, Permission.VIEW_STAFF, Permission.KEEP_RECORDS, Permission.VIEW_RESTRICTED)
CHANGED = (
    "You have changed this note since you opened this page. Read it on the page of the visit. Save this one if it "
    "should take its place."
)
NEEDED = "Notes for a visit are for officers with a recorded duty for this establishment."


def show_visit(asker: Asker, urn: int, *, number: int = 1) -> VisitPage:
    """What an officer reads before a visit: the notes, what is late, missing or challenged, and the figures."""
    with _preparing(asker, urn, "show_visit") as here:
        establishment, place = here.establishment, here.establishment.pk
        notes = page_of(VisitNote.objects.at(place).newest_first(), number, lambda row: _record(row, here))
        returns = waiting_returns(here, [establishment]).get(place, ())
        waiting = Challenge.objects.at(place).waiting()
        tiles = tiles_of(here)
        here.showed(notes=[note.id for note in notes], tiles=[tile.key for tile in tiles])
        return VisitPage(
            here.here,
            kind=establishment.get_kind_display(),
            address=establishment.address_lines,
            telephone=establishment.telephone,
            notes=notes,
            returns=" ".join(one.words for one in returns),
            challenges=waiting.count() if here.here.can_view_pupils else None,
            tiles=tiles,
            coming=coming_releases(),
            stopped=stopped_of(ON_TILES),
            why=here.why,
        )


def write_note(asker: Asker, urn: int, *, text: str, for_head: bool) -> None:
    """Save a note under the asker's name. `for_head`: the head of the establishment reads it too.

    If the asker's last note has the same words and day, it is that note (a double click).
    """
    with _preparing(asker, urn, "write_note") as here:
        one_at_a_time("write_note")
        mine = VisitNote.objects.at(here.establishment.pk).filter(author_id=asker.person_id, for_head=for_head)
        note = mine.filter(written_at__date=here.today).newest_first().first()
        if note and note.text == text:
            here.showed(notes=[note.pk])
            return
        note = VisitNote.objects.create(
            establishment=here.establishment, author_id=asker.person_id, author_name=asker.name, text=text,
            for_head=for_head,
        )  # fmt: skip
        here.changed(note=note.pk, for_head=for_head)


def show_note(asker: Asker, urn: int, note_id: int) -> NotePage:
    """One's own note, to be changed. Raises NoSuchRecord for another person's."""
    with _preparing(asker, urn, "show_note") as here:
        note = _mine(here, note_id)
        here.showed(notes=[note.pk])
        return NotePage(here.here, _record(note, here), version_of(str(note.text), note.for_head), here.why)


def change_note(
    asker: Asker, urn: int, note_id: int, *, text: str, for_head: bool, version: str | None = None
) -> None:  # fmt: skip
    """Replace one's own note. `version`: of the note as the form showed it. Raises ChangedMeanwhile, and NoSuchRecord
    for another person's."""
    with _preparing(asker, urn, "change_note") as here:
        note = _mine(here, note_id)
        if (note.text, note.for_head) == (text, for_head):
            here.showed(notes=[note.pk])
            return
        check_unchanged(version, str(note.text), note.for_head, message=CHANGED)
        before, note.for_head = note.for_head, for_head
        note.text, note.changed_at = text, timezone.now()
        note.save(update_fields=["text", "for_head", "changed_at"])
        here.changed(note=note.pk, for_head=for_head, was_for_head=before)


def remove_note(asker: Asker, urn: int, note_id: int) -> None:
    """Remove it with its text. That there was one stays in the ledger (R43).

    Removing it twice is the same as once. Raises NoSuchRecord for another person's.
    """
    with _preparing(asker, urn, "remove_note") as here:
        note = _mine_if_there(here, note_id)
        if note:
            here.changed(note=note.pk, was_for_head=note.for_head)
            note.delete()
        elif VisitNote.objects.filter(pk=note_id).exists():
            raise NoSuchRecord
        else:
            here.showed(note=note_id)


def list_notes_to_head(asker: Asker, urn: int, *, number: int = 1) -> NotesToHead:
    """The notes that officers have written for the head to read."""
    with visit(asker, Permission.MANAGE_REGISTER, urn, action="list_notes_to_head") as here:
        if asker.through != Through.SCHOOLS_ONLINE:
            raise NoSuchRecord
        rows = VisitNote.objects.at(here.establishment.pk).for_heads().newest_first()
        notes = page_of(rows, number, lambda row: _record(row, here))
        here.showed(notes=[note.id for note in notes])
        return NotesToHead(here.here, notes, here.why)


@contextmanager
def _preparing(asker: Asker, urn: int, action: str) -> Iterator[Visit]:
    with visit(asker, Permission.VIEW_ESTABLISHMENT, urn, action=action) as here:
        held = any(here.holdings.holds(permission, here.establishment.pk) for permission in BY_DUTY)
        if asker.through != Through.EDUNET or not held:
            raise NotAtYourLevel(NEEDED)
        if not asker.second_factor:
            raise NeedsSecondFactor
        yield here


def _mine(here: Visit, note_id: int) -> VisitNote:
    note = _mine_if_there(here, note_id)
    if note is None:
        raise NoSuchRecord
    return note


def _mine_if_there(here: Visit, note_id: int) -> VisitNote | None:
    """The asker's own note, if it exists. Nobody else changes it until the visit ends."""
    mine = VisitNote.objects.at(here.establishment.pk).filter(author_id=here.asker.person_id)
    return mine.select_for_update().filter(pk=note_id).first()


def _record(row: VisitNote, here: Visit) -> NoteRecord:
    is_mine = row.author_id == here.asker.person_id
    return NoteRecord(
        row.pk, row.author_name, str(row.text), row.for_head, row.written_at, row.changed_at, is_mine=is_mine
    )
