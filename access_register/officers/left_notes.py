"""Notes for visits that officers leave behind when they go: the information manager removes them unread (R9, R43)."""

from access_register.models import OfficerAppointment
from access_register.officers import keeping
from access_register.officers.records import LeftNote
from sharing.authorise import Asker, NoSuchRecord, the_one
from sharing.statements import rows_of, value_of


def notes_of(author_id: int) -> tuple[LeftNote, ...]:
    """The notes of a person who is no longer an officer, the newest first. Within an information manager's visit."""
    return tuple(
        LeftNote(*row)
        for row in rows_of("SELECT id, place, written_at, for_head FROM access_register_left_notes(%s)", author_id)
    )


def show_left_note(asker: Asker, appointment_id: int, note_id: int) -> LeftNote:
    """The note about to be removed, without its text. Raises NoSuchRecord, also while its author is an officer."""
    with keeping.duties(asker, "show_left_note") as here:
        author = _author(appointment_id)
        note = next((note for note in notes_of(author) if note.id == note_id), None)
        if note is None:
            raise NoSuchRecord
        here.showed(appointment=appointment_id, note=note_id)
        return note


def remove_left_note(asker: Asker, appointment_id: int, note_id: int, *, because: str) -> None:
    """Remove the note with its text. The ledger keeps that there was one, and why it went. Raises NoSuchRecord."""
    with keeping.duties(asker, "remove_left_note") as here:
        if not value_of("SELECT access_register_remove_left_note(%s, %s)", _author(appointment_id), note_id):
            raise NoSuchRecord
        here.changed(appointment=appointment_id, note=note_id, because=because)


def _author(appointment_id: int) -> int:
    author = the_one(OfficerAppointment.objects.filter(pk=appointment_id).values_list("person", flat=True))
    return int(author)
