"""Requests for support, for the home page of Level 1 at both ends (P8)."""

from collections.abc import Iterable
from typing import Any

from django.db.models import F
from django.dispatch import receiver
from django.utils import timezone

from sharing.authorise import Permission, Visit
from sharing.models import SupportRequest
from sharing.signals import home_counted
from sharing.to_do.here import NEWS, Counted, at_schools, number_of


@receiver(home_counted)
def requests_for_support(here: Visit, **kwargs: Any) -> Iterable[Counted]:
    """At each establishment: requests to answer, and of those it has sent, the waiting and recently answered ones."""
    kept = at_schools(here, Permission.KEEP_RECORDS)
    if not kept:
        return
    at, sent = F("from_establishment"), SupportRequest.objects.filter(from_establishment__in=kept)
    lately = sent.filter(answered_at__gte=timezone.now() - NEWS)
    words = number_of("request for your support to answer", "requests for your support to answer")
    yield Counted(SupportRequest.objects.waiting().filter(establishment__in=kept), words, "support")
    words = number_of("request of yours is waiting for support", "requests of yours are waiting for support")
    yield Counted(sent.waiting(), words, "support", at)
    for state in (SupportRequest.State.ACCEPTED, SupportRequest.State.DECLINED):
        how = str(state.label).lower()
        words = number_of(f"request of yours for support {how}", f"requests of yours for support {how}")
        yield Counted(lately.filter(state=state), words, "support", at)
