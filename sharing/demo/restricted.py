"""Confidential items of the demonstration: a prioritisation level, and an analysis with its file, at Beckside (P11)."""

import json
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from uuid import UUID, uuid5

from django.utils import timezone

from sharing.crypto import encrypt_bytes
from sharing.demo.places import BECKSIDE
from sharing.demo.pupils import NAMESPACE
from sharing.models import Consent, Establishment, RestrictedFile, RestrictedItem
from sharing.school_year import academic_year

TEAM, ADDED_BY = "School improvement", "Yusuf Haider"
TABLE = """Year group,Children,Read with ease,Need support
1,45,27,18
2,45,31,14
3,44,33,11
"""


@dataclass(frozen=True)
class Invented:
    kind: str
    title: str
    words: str
    figures: tuple[tuple[str, str], ...] = ()
    file_name: str = ""

    @property
    def id(self) -> UUID:
        return uuid5(NAMESPACE, f"item:{self.title}")


ITEMS = (
    Invented(
        RestrictedItem.Kind.PRIORITISATION,
        "Prioritisation level for this school year",
        "The school gets two support visits in each term. The next review is in the summer term.",
        (("Prioritisation level", "2"), ("Support visits in a term", "2")),
    ),
    Invented(
        RestrictedItem.Kind.BESPOKE,
        "Early reading in Years 1 to 3",
        "Made at the school’s request. The table says how many children read with ease in each year group.",
        (("Children who need support with reading", "43"),),
        "Early reading in Years 1 to 3.csv",
    ),
)


def place_restricted(today: date) -> int:
    """Make the items that are missing, withdrawn or narrowed to Level 1 again, and return how many there were."""
    establishment = Establishment.objects.get(urn=BECKSIDE)
    as_they_should_be = RestrictedItem.objects.filter(withdrawn_at=None, level_1_only=False)
    there = set(as_they_should_be.values_list("pk", flat=True))
    missing = [item for item in ITEMS if item.id not in there]
    for item in missing:
        _make(item, establishment, today)
    return len(missing)


def _make(item: Invented, establishment: Establishment, today: date) -> None:
    for model in (Consent, RestrictedFile):
        model._default_manager.filter(item=item.id).delete()
    RestrictedItem.objects.filter(pk=item.id).delete()
    row = RestrictedItem.objects.create(
        id=item.id, establishment=establishment, kind=item.kind, title=item.title, words=item.words,
        figures=json.dumps(item.figures, ensure_ascii=False), academic_year=academic_year(today), owner=TEAM,
        starts_on=date(academic_year(today), 9, 1), added_by_name=ADDED_BY, added_at=timezone.now(),
    )  # fmt: skip
    if item.file_name:
        content = TABLE.encode()
        file = RestrictedFile(
            id=uuid5(NAMESPACE, f"file:{item.title}"), item=row, establishment=establishment, name=item.file_name,
            kind=RestrictedFile.Kind.CSV, size=len(content), sha256=sha256(content).hexdigest(), added_by_name=ADDED_BY,
        )  # fmt: skip
        file.content = encrypt_bytes(content, column=file.bound_to)
        file.save(force_insert=True)
