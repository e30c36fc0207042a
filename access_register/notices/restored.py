"""After a restore, those who answer for access are told from when on nothing is kept (R13, R43, A17).

Access that was ended since is there again, and nothing in the database can tell whose.
"""

from datetime import date
from typing import Final

from django.db.models import QuerySet
from django.utils import timezone

from access_register.models import Person, RegisterLine
from access_register.models.lines import HEAD_SEAT
from access_register.notices import mail
from access_register.notices.waiting import KEEPS_DUTIES, managers
from sharing.authorise import Through
from sharing.cannot import CannotDo
from sharing.ledger import ledger
from sharing.models import LedgerEntry

OTHER_STEPS: Final = ("replay_disposal", "change_blind_index_key", "shut_account")  # of a restore, before or after
ALREADY: Final = "Since this restore nobody has used the portal, and they have been told already."
EMPTY: Final = "The ledger has no row, so there is no restore to tell of."
HEAD: Final = "you are the head of an establishment"


def to_be_told() -> tuple[LedgerEntry, dict[Person, tuple[str, Through]]]:
    """The last row that is kept; and each head and whoever keeps duties, with why they are told and at which site.

    As portal_batch, and before anybody uses the portal: the last row of the ledger is then the last thing that is kept.
    Raises CannotDo.
    """
    last = LedgerEntry.objects.exclude(action__in=OTHER_STEPS).order_by("-pk").first()
    if last is None:
        raise CannotDo(EMPTY)
    if last.action == "tell_of_restore":
        raise CannotDo(ALREADY)
    told = dict.fromkeys(managers(), (KEEPS_DUTIES, Through.EDUNET))
    return last, told | dict.fromkeys(_heads(timezone.localdate()), (HEAD, Through.SCHOOLS_ONLINE))


def tell() -> int:
    """Write to all of them. Returns how many they are. Raises CannotDo, as `to_be_told` does."""
    last, told = to_be_told()
    for person, (because, at) in told.items():
        about = {"kept_until": timezone.localtime(last.at), "because": because, "link": mail.link("home", at=at)}
        mail.send_later("restored", [person.email], name=person.name, **about)
    ledger.changed(action="tell_of_restore", about={"last_row": last.pk, "told": len(told)})
    return len(told)


def _heads(day: date) -> QuerySet[Person]:
    """All heads of a day who can sign in."""
    lines = RegisterLine.objects.live_on(day).filter(seat=HEAD_SEAT, starts_on__lte=day)
    of = lines.filter(suspended_at=None, awaiting_since=None).values("person")
    return Person.objects.filter(pk__in=of, is_active=True).exclude(suspended_until__gte=day).order_by("pk")
