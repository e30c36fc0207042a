"""The letter to somebody who was added: an invitation with a link, or, to a person with an account, the news (A18)."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from access_register.levels import Level
from access_register.models import Invitation, RegisterLine
from access_register.notices import mail
from sharing.narrowing import in_words


def hash_of(token: str) -> str:
    """The form in which the tables keep a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def letter(line: RegisterLine) -> mail.Letter:
    """What to write to the person on `line`. A waiting line gets a new link, and an older one stops working."""
    if line.awaiting_since is None:
        return news(line)
    token, sent = secrets.token_urlsafe(32), getattr(line, "invitation", None) or Invitation(line=line)
    now = timezone.now()
    sent.establishment_id = line.establishment_id
    sent.token_hash = hash_of(token)
    sent.times_sent = sent.times_sent + 1 if sent.pk else 1
    sent.sent_at, sent.expires_at = now, now + timedelta(days=settings.INVITATION_DAYS)
    sent.save()
    return invitation(line, token, sent.expires_at)


def news(line: RegisterLine) -> mail.Letter:
    """The letter to somebody who already has an account."""
    return _letter("added", line, level=line.level, link=mail.link("home"))


def invitation(line: RegisterLine, token: str, expires_at: datetime) -> mail.Letter:
    """The letter to somebody new, with the link by which they get an account."""
    links = {"link": mail.link("invitation", token), "sign_in": mail.link("home")}
    return _letter("invitation", line, expires_at=expires_at, **links)


def _letter(kind: str, line: RegisterLine, **about: object) -> mail.Letter:
    begins = line.starts_on if line.starts_on > timezone.localdate() else None
    narrowed = in_words(line.year_groups, line.withheld) if line.level == Level.TWO else ""
    given = {"giver": line.given_by_name, "place": line.establishment.name, "begins": begins, "narrowed": narrowed}
    return mail.letter(kind, line.person.email, name=line.person.name, **given, **about)
