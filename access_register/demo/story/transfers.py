"""Gives the transfers of the demonstration's cases different days, each told of before it was answered."""

from datetime import date

from access_register.demo.story.acting import then
from sharing.crypto import blind_index
from sharing.demo.cases import BY_SLUG
from sharing.models import Transfer
from sharing.roles import BATCH, acting_as

# The case of the child, and how many days ago it was told of.
TOLD = {
    "transfer-agreed": 8,
    "transfer-lapsed": 108,
    "transfer-cancelled": 13,
    "transfer-the-other-way": 5,
    "transfer-waiting": 2,
    "transfer-waiting-late": 12,
    "transfer-from-outside": 4,
    "transfer-overdue": 33,
    "transfer-declined": 6,
    "transfer-to-secondary": 1,
}


def tell(today: date) -> None:
    """Done every time, because the seed places a transfer again when its days have moved."""
    told = {blind_index(BY_SLUG[case].upn): then(today, ago) for case, ago in TOLD.items()}
    with acting_as(BATCH):
        rows = [row for row in Transfer.objects.filter(upn_index__in=told) if row.asserted_at != told[row.upn_index]]
        for row in rows:
            row.asserted_at = told[row.upn_index]
        Transfer.objects.bulk_update(rows, ["asserted_at"])
