"""What waits for those who arrange transfers, for their home page (R7, R8)."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from django.dispatch import receiver

from sharing.authorise import Permission, Through, Visit
from sharing.models import Transfer
from sharing.records import ToDo
from sharing.signals import home_opened


@receiver(home_opened)
def transfers_waiting(here: Visit, **kwargs: Any) -> dict[int, ToDo]:
    """At each establishment: children to answer for, children overdue, transfer files to send."""
    kept = here.holdings.at(Permission.KEEP_RECORDS) & here.holdings.at(Permission.VIEW_PUPILS)
    if not kept or not here.asker.second_factor:
        return {}
    counted: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    live = Q(declined_at=None, arrived_on=None, lapses_on__gte=here.today)
    to_send = Q(file_sent_at=None, sender_keeps_until__gte=here.today)
    rows = Transfer.objects.filter(live | to_send, cancelled_at=None)
    for row in rows.filter(Q(establishment__in=kept) | Q(from_establishment__in=kept)).defer("upn", "declined_because"):
        is_live = row.arrived_on is None and row.lapses_on >= here.today
        if row.establishment_id in kept and is_live:
            if row.agreed_on is None and row.asserted_by != here.asker.person_id:
                counted[row.establishment_id]["answer"] += 1
            elif row.agreed_on and row.expected_on < here.today:
                counted[row.establishment_id]["overdue"] += 1
        if row.from_establishment_id in kept:
            if row.sender_keeps_until and row.sender_keeps_until >= here.today and not row.file_sent_at:
                counted[row.from_establishment_id]["file"] += 1
            elif is_live and row.agreed_on and row.expected_on < here.today:
                counted[row.from_establishment_id]["overdue"] += 1
    whose = ("", "the school’s") if here.asker.through == Through.EDUNET else (" coming to you", "your")
    return {place: ToDo(_in_words(numbers, *whose), "transfers") for place, numbers in counted.items()}


def _in_words(numbers: Mapping[str, int], to_whom: str, whose: str) -> str:
    answer, overdue, file = numbers["answer"], numbers["overdue"], numbers["file"]
    parts = (
        answer and f"{_children(answer)}{to_whom} wait{'s' if answer == 1 else ''} for {whose} answer",
        overdue and f"{_children(overdue)} overdue",
        file and f"{file} transfer file{'' if file == 1 else 's'} to send",
    )
    return ", ".join(part for part in parts if part)


def _children(number: int) -> str:
    return "1 child" if number == 1 else f"{number} children"
