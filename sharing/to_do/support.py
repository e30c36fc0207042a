"""Requests for support, for the home page of Level 1 at both ends (P8)."""

from collections.abc import Iterable
from functools import partial
from typing import Any

from django.db.models import F
from django.dispatch import receiver
from django.template.defaultfilters import pluralize
from django.utils import timezone

from sharing.authorise import Permission, Through, Visit
from sharing.models import SupportRequest
from sharing.signals import home_counted
from sharing.to_do.here import NEWS, Counted


@receiver(home_counted)
def requests_for_support(here: Visit, **kwargs: Any) -> Iterable[Counted]:
    """At each establishment: requests to answer, and of those it has sent, the waiting and recently answered ones."""
    kept = here.holdings.at(Permission.KEEP_RECORDS)
    if not kept or here.asker.through != Through.SCHOOLS_ONLINE or not here.asker.second_factor:
        return
    at, sent = F("from_establishment"), SupportRequest.objects.filter(from_establishment__in=kept)
    lately = sent.filter(answered_at__gte=timezone.now() - NEWS)
    yield Counted(SupportRequest.objects.waiting().filter(establishment__in=kept), _to_answer, "support")
    yield Counted(sent.waiting(), _sent, "support", at)
    for state in (SupportRequest.State.ACCEPTED, SupportRequest.State.DECLINED):
        yield Counted(lately.filter(state=state), partial(_answered, how=str(state.label).lower()), "support", at)


def _to_answer(number: int, late: int) -> str:
    return f"{number} request{pluralize(number)} for your support to answer"


def _sent(number: int, late: int) -> str:
    return f"{number} request{' of yours is' if number == 1 else 's of yours are'} waiting for support"


def _answered(number: int, late: int, *, how: str) -> str:
    return f"{number} request{pluralize(number)} of yours for support {how}"
