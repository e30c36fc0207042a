"""What an officer works for in a session on EduNet, with the values accepted for it (P8, R19, R43).

The purposes are the statutory functions of the officer's own duties of today, and general administration. The choice
is kept with the session and is written into the ledger with everything looked at. It opens nothing.
"""

from django.db.models import Q

from access_register.models import Duty
from access_register.officers.functions import FUNCTIONS
from access_register.officers.records import PurposePage
from access_register.protocol.protocol import NotTheTextInForce, text_in_force
from sharing.authorise import Asker, NoSuchRecord, Permission, Visit, visit
from sharing.dates import covers

GENERAL = "general"
GENERAL_WORDS = "General administration"


def show_purposes(asker: Asker) -> PurposePage:
    """The purposes the officer may choose from, and the values of the text in force."""
    with visit(asker, Permission.VIEW_ESTABLISHMENT, action="show_purposes") as here:
        choices = _choices(here)
        here.showed(purposes=len(choices))
        return PurposePage(choices, asker.purpose, text_in_force(), here.why_the_list)


def choose_purpose(asker: Asker, *, purpose: str, version_id: int) -> str:
    """Accept the values for one purpose. Returns the purpose in words, for the session.

    Raises NotTheTextInForce if another text was shown, and NoSuchRecord if the officer has no duty for the purpose.
    """
    with visit(asker, Permission.VIEW_ESTABLISHMENT, action="choose_purpose") as here:
        text, words = text_in_force(), dict(_choices(here)).get(purpose)
        if words is None:
            raise NoSuchRecord
        if text is None or text.id != version_id:
            raise NotTheTextInForce
        here.changed(purpose=purpose, version=version_id)
        return words


def _choices(here: Visit) -> tuple[tuple[str, str], ...]:
    """(code, words): the officer's duties in the order of the council's list, with general administration last."""
    confirmed = Q(confirmed_until=None) | Q(confirmed_until__gte=here.today)
    own = Duty.objects.filter(covers(here.today), confirmed, ended_at=None, appointment__person=here.asker.person_id)
    held = set(own.exclude(appointment__ends_on__lt=here.today).values_list("function", flat=True))
    return (*((one.code, one.name) for one in FUNCTIONS if one.code in held), (GENERAL, GENERAL_WORDS))
