"""Unanswered requests for a child's own records, for the home page of those who answer them (R18).

The law gives a month. PostgreSQL shows each request only to those who keep it.
"""

from collections.abc import Iterable
from typing import Any

from django.db.models import F, Q
from django.dispatch import receiver
from django.template.defaultfilters import pluralize

from sharing.authorise import Permission, Visit
from sharing.models import SubjectRequest
from sharing.signals import home_counted, workbench_opened
from sharing.to_do.here import Counted, at_schools
from sharing.to_do.officers import Waiting, is_manager


@receiver(home_counted)
def requests_to_answer(here: Visit, **kwargs: Any) -> Iterable[Counted]:
    """At each establishment where the person is head."""
    kept = at_schools(here, Permission.MANAGE_REGISTER)
    if not kept:
        return
    waiting = SubjectRequest.objects.filter(state=SubjectRequest.State.OPEN, establishment__in=kept)
    yield Counted(waiting, _words, "subject_requests", late=Q(due_on__lt=here.today), by=F("due_on"))


@receiver(workbench_opened)
def requests_to_the_authority(here: Visit, **kwargs: Any) -> Iterable[Waiting]:
    """For the information manager; it also says how many are late."""
    if not is_manager(here):
        return
    waiting = SubjectRequest.objects.of_the_authority().filter(state=SubjectRequest.State.OPEN)
    yield Waiting(
        "Records", waiting, "request for a child’s own records to answer",
        "requests for a child’s own records to answer", "subject_requests",
    )  # fmt: skip
    yield Waiting(
        "Records", waiting.filter(due_on__lt=here.today), "request for a child’s own records is late",
        "requests for a child’s own records are late", "subject_requests",
    )  # fmt: skip


def _words(number: int, late: int) -> str:
    said = f"{number} request{pluralize(number)} for a child’s own records to answer"
    return f"{said}, {late} of them late, the first due by" if late else f"{said}, the first due by"
