"""The ledger: who saw or changed what, and who was refused (R43)."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import models
from django.db.models import Q

from sharing.days import midnight
from sharing.ledger.words import OF_CASES

# In a row's `about`: it comes from a broken glass that the head must not be told of (R18).
NOT_FOR_THE_HEAD = {"not_for_the_head": True}


class LedgerQuerySet(models.QuerySet["LedgerEntry"]):
    def at(self, urn: int) -> "LedgerQuerySet":
        return self.filter(urn=urn)

    def told_to_heads(self) -> "LedgerQuerySet":
        return self.exclude(about__contains=NOT_FOR_THE_HEAD)

    def of(self, person_id: int) -> "LedgerQuerySet":
        return self.filter(person_id=person_id)

    def not_of(self, person_id: int) -> "LedgerQuerySet":
        return self.exclude(person_id=person_id)

    def without_cases_of_others(self, person_id: int) -> "LedgerQuerySet":
        return self.exclude(Q(action__in=OF_CASES) & (Q(person_id=None) | ~Q(person_id=person_id)))

    def through(self, site: str) -> "LedgerQuerySet":
        return self.filter(through=site)

    def from_day(self, day: date) -> "LedgerQuerySet":
        return self.filter(at__gte=midnight(day))

    def until_day(self, day: date) -> "LedgerQuerySet":
        return self.filter(at__lt=midnight(day + timedelta(days=1)))

    def of_actions(self, actions: Iterable[str]) -> "LedgerQuerySet":
        return self.filter(action__in=list(actions))

    def refused(self) -> "LedgerQuerySet":
        return self.filter(outcome=LedgerEntry.Outcome.REFUSED)

    def of_the_record(self, member_id: UUID) -> "LedgerQuerySet":
        """Those about one member of staff's record: its page, and the files and prints that contain it."""
        looked = ("show_member", "ask_for_download", "make_download", "print_records")
        return (
            self.of_actions(looked)
            .exclude(outcome=LedgerEntry.Outcome.REFUSED)
            .filter(about__staff__contains=str(member_id))
        )

    def of_people(self) -> "LedgerQuerySet":
        """Those that name records of children or of staff, which somebody saw, took away or changed."""
        named = models.Q(about__has_key="pupils") | models.Q(about__has_key="staff")
        return self.exclude(outcome=LedgerEntry.Outcome.REFUSED).filter(named)

    def older_than(self, row: int) -> "LedgerQuerySet":
        return self.filter(pk__lt=row)

    def since(self, moment: datetime) -> "LedgerQuerySet":
        return self.filter(at__gte=moment)

    def before(self, moment: datetime) -> "LedgerQuerySet":
        return self.filter(at__lt=moment)

    def newest_first(self) -> "LedgerQuerySet":
        return self.order_by("-pk")


class LedgerEntry(models.Model):
    """One row for each visit, refusal and grant. Text and numbers only, no foreign keys: it outlives what it is about.

    `portal_write_ledger` (sql/ledger.sql) assigns `id`, `at`, `previous_hash` and `hash` under a lock, so that the rows
    form a chain. The table is partitioned by month. `id` is unique all the same, because the chain has each number
    once.
    """

    class Outcome(models.TextChoices):
        SHOWN = "shown", "Shown"
        REFUSED = "refused", "Refused"
        CHANGED = "changed", "Changed"

    id = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    person_id = models.BigIntegerField(null=True)
    person_name = models.CharField(max_length=200)
    through = models.CharField(max_length=20)
    action = models.CharField(max_length=50)
    permission = models.CharField(max_length=50)
    urn = models.PositiveIntegerField(null=True)
    outcome = models.CharField(max_length=10, choices=Outcome)
    about = models.JSONField(default=dict, help_text="Whose records, or how many.")
    purpose = models.TextField(blank=True)
    previous_hash = models.BinaryField()
    hash = models.BinaryField()

    objects = LedgerQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["urn", "id"], name="ledger_of_an_establishment"),
            models.Index(fields=["person_id", "id"], name="ledger_of_a_person"),
        ]

    def __str__(self) -> str:
        return f"Ledger row {self.pk}"


class SignedHead(models.Model):
    """The last row of the ledger at one moment, signed with a key that is not in the database.

    The owner of the table could rewrite the rows before it, but could not sign them again.
    """

    number = models.PositiveIntegerField(primary_key=True, help_text="1, 2, 3 and so on: none may be missing.")
    row = models.BigIntegerField(help_text="The id of the last row.")
    hash = models.BinaryField(help_text="Its hash, which follows from all rows before it.")
    signed_at = models.DateTimeField()
    key_id = models.CharField(max_length=16)
    signature = models.BinaryField()

    def __str__(self) -> str:
        return f"Signed head {self.pk}"
