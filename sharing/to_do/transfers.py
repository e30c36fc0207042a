"""What waits for those who arrange transfers, for their home page (R7, R8)."""

from collections.abc import Iterable
from typing import Any

from django.db.models import F, Q
from django.dispatch import receiver
from django.template.defaultfilters import pluralize

from sharing.authorise import Permission, Through, Visit
from sharing.models import Enrolment, Transfer
from sharing.signals import home_counted
from sharing.to_do.here import ALL_OF_THEM, Counted


@receiver(home_counted)
def transfers_waiting(here: Visit, **kwargs: Any) -> Iterable[Counted]:
    """At each establishment: children to give an answer about, children overdue, and transfer files to send."""
    kept = here.holdings.at(Permission.KEEP_RECORDS) & here.holdings.at(Permission.VIEW_PUPILS)
    if not kept or not here.asker.second_factor:
        return
    coming, leaving = Transfer.objects.coming_to(kept), Transfer.objects.leaving_from(kept)
    to_answer = coming.waiting(here.today).exclude(asserted_by=here.asker.person_id)
    answer = _of_the_school if here.asker.through == Through.EDUNET else _of_mine
    late = Q(agreed_on__isnull=False)
    from_here, file_open = F("from_establishment"), Q(file_sent_at=None, sender_keeps_until__gte=here.today)
    yield Counted(to_answer, answer, "transfers")
    yield Counted(coming.overdue(here.today).filter(late), _overdue_here, "transfers", late=ALL_OF_THEM)
    gone = leaving.overdue(here.today).filter(late).exclude(file_open)
    yield Counted(gone, _overdue_elsewhere, "transfers", from_here, late=ALL_OF_THEM)
    yield Counted(leaving.file_to_send(here.today), _files, "transfers", from_here)
    outside = Enrolment.objects.filter(establishment__in=kept).file_to_send(here.today)
    yield Counted(outside, _files_outside, "joiners_and_leavers")


def _of_the_school(number: int, late: int) -> str:
    return f"{_children(number)} {'is' if number == 1 else 'are'} waiting for the school’s answer"


def _of_mine(number: int, late: int) -> str:
    return f"{_children(number)} coming to you {'is' if number == 1 else 'are'} waiting for your answer"


def _overdue_here(number: int, late: int) -> str:
    return f"{_children(number)} overdue to arrive"


def _overdue_elsewhere(number: int, late: int) -> str:
    return f"{_children(number)} overdue to arrive at the next school"


def _files(number: int, late: int) -> str:
    return f"{number} transfer file{pluralize(number)} to send"


def _files_outside(number: int, late: int) -> str:
    return f"{_files(number, late)} to a school outside the community"


def _children(number: int) -> str:
    return "1 child" if number == 1 else f"{number} children"
