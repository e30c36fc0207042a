"""Changes of an officer's team, post, manager and last day, and officers who have left (P3, R9, R36).

What belongs to the appointment stays as it is: duties, casework, remote use. None of it outlasts the last day.
"""

from datetime import date

from access_register import grants
from access_register.models import OfficerAppointment
from access_register.officers import appointment_changes, keeping
from access_register.officers.officers import appointment_of, check_last_day
from access_register.officers.records import FormerOfficer, FormerOfficersPage
from access_register.register.rules import CannotChange
from sharing.authorise import Asker
from sharing.cannot import ChangedMeanwhile
from sharing.door.paging import page_of
from sharing.models.plain import in_order_of
from sharing.statements import rows_of

NO_MANAGER = {
    "oneself": "Nobody can be their own manager. Enter somebody else, or leave it empty.",
    "circle": "This person already reports to the officer, directly or through others. Enter somebody else, or "
    "change that first.",
}
MEANWHILE = "Somebody changed this officer while you had the page open. {}. Look again, then save if it is still right."


def change_officer(
    asker: Asker, appointment_id: int, *, team: str, post: str, manager: str, ends_on: date | None = None,
    version: int | None = None,
) -> bool:  # fmt: skip
    """Change the team, post, manager or last day, from now on. `version`: the last change that the form knew of.

    Returns whether anything was changed: the same form sent twice changes it once. Raises CannotChange, and
    ChangedMeanwhile where somebody else has changed it since.
    """
    with keeping.duties(asker, "change_officer") as here:
        appointment = appointment_of(here, appointment_id, to_change=True)
        before = {name: getattr(appointment, name) for name in ("team", "post", "manager", "ends_on")}
        after = {"team": team, "post": post, "manager": _known_as(appointment, manager), "ends_on": ends_on}
        if after == before:
            here.showed(appointment=appointment.pk)
            return False
        _check_version(appointment, version)
        if ends_on != appointment.ends_on:
            check_last_day(appointment.starts_on, ends_on, here.today)
        for fact, value in after.items():
            setattr(appointment, fact, value)
        appointment.save(update_fields=list(after))
        grants.follow_appointment(appointment)  # the rows name the team
        for duty in appointment.duties.filter(ended_at=None):
            grants.follow_duty(duty, here.today)
        here.changed(appointment=appointment.pk, person=appointment.person_id, before=before, after=after)
        return True


def list_former_officers(asker: Asker, *, number: int = 1) -> FormerOfficersPage:
    """Appointments that have ended, by name: who held which, and until when."""
    with keeping.duties(asker, "list_former_officers") as here:
        ended = OfficerAppointment.objects.filter(ends_on__lt=here.today).select_related("person")
        page = page_of(ended.order_by(*in_order_of("person__name"), "-ends_on", "pk"), number, _former)
        here.showed(officers=len(page.rows))
        return FormerOfficersPage(page, here.why_anywhere())


def _check_version(appointment: OfficerAppointment, version: int | None) -> None:
    changes = appointment_changes.told_of(appointment)
    last = changes[0].id if changes else 0
    if version is not None and version != last:
        since = ". ".join(f"{one.by_name}: {one.words}" for one in reversed(changes) if one.id > version)
        raise ChangedMeanwhile(MEANWHILE.format(since), last)


def _known_as(appointment: OfficerAppointment, manager: str) -> str:
    """The manager's name, as recorded if the manager is an officer. A name that stays the same is not checked.

    Nobody else can name a manager until this visit ends.
    """
    if manager in ("", appointment.manager):
        return manager
    ((wrong, name),) = rows_of("SELECT * FROM access_register_manager(%s, %s)", appointment.person_id, manager)
    if wrong:
        raise CannotChange(NO_MANAGER[wrong], "manager")
    return str(name)


def _former(row: OfficerAppointment) -> FormerOfficer:
    assert row.ends_on is not None, "who has no last day has not left"
    return FormerOfficer(row.pk, row.person.name, row.team, row.post, row.starts_on, row.ends_on)
