"""What waits for those who arrange transfers, for their home page (R7, R8)."""

from collections.abc import Iterable
from typing import Any

from django.db.models import F, Q
from django.dispatch import receiver

from sharing.authorise import Permission, Through, Visit
from sharing.models import Enrolment, Transfer
from sharing.signals import home_counted
from sharing.to_do.here import ALL_OF_THEM, Counted, number_of


@receiver(home_counted)
def transfers_waiting(here: Visit, **kwargs: Any) -> Iterable[Counted]:
    """At each establishment: children to give an answer about, children overdue, and transfer files to send."""
    kept = here.holdings.at(Permission.KEEP_RECORDS) & here.holdings.at(Permission.VIEW_PUPILS)
    if not kept or not here.asker.second_factor:
        return
    coming, leaving = Transfer.objects.coming_to(kept), Transfer.objects.leaving_from(kept)
    to_answer = coming.waiting(here.today).exclude(asserted_by=here.asker.person_id)
    one, many = "child coming to you is waiting for your answer", "children coming to you are waiting for your answer"
    if here.asker.through == Through.EDUNET:
        one, many = "child is waiting for the school’s answer", "children are waiting for the school’s answer"
    late = Q(agreed_on__isnull=False)
    from_here, file_open = F("from_establishment"), Q(file_sent_at=None, sender_keeps_until__gte=here.today)
    yield Counted(to_answer, number_of(one, many), "transfers")
    words = number_of("child overdue to arrive", "children overdue to arrive")
    yield Counted(coming.overdue(here.today).filter(late), words, "transfers", late=ALL_OF_THEM)
    gone = leaving.overdue(here.today).filter(late).exclude(file_open)
    words = number_of("child overdue to arrive at the next school", "children overdue to arrive at the next school")
    yield Counted(gone, words, "transfers", from_here, late=ALL_OF_THEM)
    one, many = "transfer file to send", "transfer files to send"
    yield Counted(leaving.file_to_send(here.today), number_of(one, many), "transfers", from_here)
    outside = Enrolment.objects.filter(establishment__in=kept).file_to_send(here.today)
    beyond = "to a school outside the community"
    yield Counted(outside, number_of(f"{one} {beyond}", f"{many} {beyond}"), "joiners_and_leavers")
