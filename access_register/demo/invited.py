"""People whom a head has invited and who have not accepted yet, so nobody is signed in as them before they do."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from access_register import service
from access_register.demo.cast import HEAD_OF
from access_register.levels import Level
from access_register.models import Invitation, Person, RegisterLine
from access_register.sign_in import welcome
from sharing.demo.places import BECKSIDE, RAVENSGILL
from sharing.models import Establishment

Role, Basis = RegisterLine.Role, RegisterLine.Basis


@dataclass(frozen=True)
class Newcomer:
    """Somebody invited. The token is no secret: it opens an invented person's place in the demonstration."""

    name: str
    email: str
    urn: int
    level: Level
    role: str
    token: str
    basis: str = ""
    has_expired: bool = False


NEWCOMERS = (
    Newcomer(
        "Priya Nair", "priya.nair@beckside.example", BECKSIDE, Level.TWO, Role.TEACHER, "demonstration-priya-nair",
        basis=Basis.TEACHES,
    ),
    Newcomer(
        "Keith Lister", "keith.lister@governors.example", RAVENSGILL, Level.THREE, Role.GOVERNOR,
        "demonstration-keith-lister", has_expired=True,
    ),
)  # fmt: skip


def invite_newcomers(establishments: dict[int, Establishment]) -> int:
    """Invite those who are not on the register, and keep an open link open. Returns how many were written."""
    return sum(_invite(newcomer, establishments[newcomer.urn]) for newcomer in NEWCOMERS)


def _invite(newcomer: Newcomer, establishment: Establishment) -> bool:
    now = timezone.now()
    person = Person.objects.filter(email=newcomer.email).first()
    line = RegisterLine.objects.filter(person=person, establishment=establishment).first() if person else None
    if line:
        ran_out = Invitation.objects.filter(
            line=line, token_hash=welcome.hash_of(newcomer.token), accepted_at=None, expires_at__lte=now
        )
        again = {"expires_at": now + timedelta(days=settings.INVITATION_DAYS)}
        return not newcomer.has_expired and bool(ran_out.update(**again))
    person = person or Person.objects.create_user(newcomer.email, newcomer.name)
    sent_at = now - timedelta(days=settings.INVITATION_DAYS + 1 if newcomer.has_expired else 0)
    day = timezone.localdate(sent_at)
    line = service.place_line(
        RegisterLine(
            establishment=establishment,
            person=person,
            level=newcomer.level,
            role=newcomer.role,
            basis=newcomer.basis,
            starts_on=day,
            level_since=day,
            given_by_name=HEAD_OF[newcomer.urn],
            awaiting_since=sent_at,
        ),
        at=sent_at,
    )
    Invitation.objects.create(
        line=line,
        establishment=establishment,
        token_hash=welcome.hash_of(newcomer.token),
        sent_at=sent_at,
        expires_at=sent_at + timedelta(days=settings.INVITATION_DAYS),
    )
    return True
