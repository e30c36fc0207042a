"""Both ends of an invitation: the head sends one again; the person invited looks at it and accepts (A9, R32, R44).

The person invited cannot sign in yet, so there is nobody to make a visit as. Two functions of the database answer for
exactly one token each (sql/invitations.sql), and the acceptance is in the ledger as the person's own.
"""

from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from access_register.models import Invitation, Person
from access_register.notices import mail
from access_register.register.rules import CannotChange, line_to_change
from access_register.sign_in import welcome
from sharing.authorise import Asker, Permission, Through, visit
from sharing.authorise.holdings import Holdings
from sharing.dates import A_MOMENT
from sharing.ledger import ledger
from sharing.models import LedgerEntry
from sharing.statements import row_of, value_of

SENT_JUST_NOW = "We wrote to {} less than a minute ago. If the email does not arrive, send the invitation again."


@dataclass(frozen=True)
class Invited:
    """What a link leads to. `state` is open, accepted, revoked or expired."""

    line_id: int
    person_id: int
    name: str
    email: str
    has_account: bool
    urn: int
    place: str
    giver: str
    state: str

    @property
    def is_open(self) -> bool:
        return self.state == "open"


def send_again(asker: Asker, urn: int, line_id: int) -> tuple[str, bool]:
    """Send a new link for a waiting line; the old one stops working. Returns (name, whether the email was sent).

    Raises CannotChange if the invitation has been accepted meanwhile, or was sent again a moment ago (a double click).
    """
    with visit(asker, Permission.MANAGE_REGISTER, urn, action="send_invitation_again") as here:
        line = line_to_change(here, line_id)
        if line.awaiting_since is None:
            raise CannotChange(f"{line.person.name} has accepted the invitation already.")
        if Invitation.objects.filter(line=line, times_sent__gt=1, sent_at__gt=timezone.now() - A_MOMENT).exists():
            raise CannotChange(SENT_JUST_NOW.format(line.person.name))
        letter = welcome.letter(line)
        here.changed(line=line.pk, person=line.person_id)
    return line.person.name, mail.send(letter) == 1


def look_at(token: str) -> Invited | None:
    """Who invites whom to what. None: no such invitation was ever sent, or a newer link has replaced it."""
    found = row_of("SELECT * FROM portal_invitation(%s)", welcome.hash_of(token))
    return Invited(*found) if found else None


def accept(token: str, *, password: str = "", asker: Asker | None = None) -> Person | None:
    """Begin the line that waits. Somebody new gives the password they chose; anybody else is signed in (`asker`).

    None: the link was used, replaced, taken back or expired in the meantime, and nothing has changed.
    """
    invited = look_at(token)
    if invited is None or not invited.is_open:
        return None
    hashed = make_password(password) if password else ""
    with transaction.atomic():
        if asker:
            Holdings.announced(asker)
        accepted = value_of("SELECT portal_accept_invitation(%s, %s)", welcome.hash_of(token), hashed)
        value_of("SELECT set_config('portal.ctx', '', true)")
        if not accepted:
            return None
        who = asker or Asker(invited.person_id, invited.name, Through.SCHOOLS_ONLINE)
        told = {"line": invited.line_id, "person": invited.person_id}
        outcome = LedgerEntry.Outcome.CHANGED
        ledger.write(who, action="accept_invitation", outcome=outcome, urn=invited.urn, about=told)
    return Person.objects.get(pk=invited.person_id)
