"""The state of the service, for those who run it: nobody's personal data (A17).

A superuser has no permission anywhere and gets none here: what they are shown comes from no protected table.
"""

from django.db import transaction

from sharing.authorise import Asker, NeedsSecondFactor, Permission, Through
from sharing.authorise.holdings import Holdings
from sharing.door.managing import managing
from sharing.ledger import ledger
from sharing.models import LedgerEntry
from sharing.records.operations import Operations
from sharing.service.health import how_is_the_service
from sharing.service.saving import hindrance

NEEDED = "How the service runs is for the information manager, and for those who run it."


def show_operations(asker: Asker) -> Operations:
    """The state of the service, for superusers and information managers, on EduNet with a second factor.

    Raises NotAtYourLevel. While nothing can be stored, they read that at once and without a row in the ledger, which
    would wait or fail as well.
    """
    if asker.runs_the_service and asker.through == Through.EDUNET:
        if not asker.second_factor:
            ledger.refuse(asker, action="show_operations", why=NeedsSecondFactor.__name__)
            raise NeedsSecondFactor
        if hindrance():
            return how_is_the_service()
        shown = LedgerEntry.Outcome.SHOWN
        ledger.write(asker, action="show_operations", outcome=shown, purpose="Runs the service.")
        return how_is_the_service(looks_at_saving=False)
    if asker.second_factor and _keeps_duties(asker) and hindrance():
        return how_is_the_service()
    with managing(asker, "show_operations", needed=NEEDED) as here:
        here.showed()
    return how_is_the_service(looks_at_saving=False)


def _keeps_duties(asker: Asker) -> bool:
    """Whether the asker keeps duties, asked as in a visit, but in a transaction that writes nothing.

    So it waits for nobody. It is asked before the visit and not in it, because a visit may read from a replica, where
    nobody can test whether anything can be stored.
    """
    with transaction.atomic():
        return bool(Holdings.announced(asker, permission=Permission.MANAGE_DUTIES).at(Permission.MANAGE_DUTIES))
