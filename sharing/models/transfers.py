"""Children on the way from one establishment to another (R5, R7, R8, A4)."""

from collections.abc import Collection, Iterable
from datetime import date
from uuid import UUID

from django.db import models
from django.db.models import Case, Exists, F, Max, OuterRef, Q, Value, When
from django.db.models.functions import Now
from django.db.models.lookups import Exact

from sharing.fields import EncryptedTextField
from sharing.models.establishments import Establishment
from sharing.models.plain import Plain, in_order_of
from sharing.models.pupils import Enrolment, Pupil, PupilQuerySet


def knowing_leavers(pupils: PupilQuerySet, day: date) -> PupilQuerySet:
    """Adds `has_left`, to filter by: the sender still sees the child for the transfer file (R8).

    It is for children whom no enrolment covers that day.
    """
    within = Transfer.objects.seen_for_the_file(day).filter(leaving=OuterRef("pk"))
    outside = Enrolment.objects.seen_for_the_file(day).filter(pupil=OuterRef("pk"))
    return pupils.alias(has_left=Exists(within) | Exists(outside))


def who_have_left(pupils: Iterable[Pupil], day: date) -> frozenset[UUID]:
    """The ids of the pupils in a list whom the sender still sees for the transfer file (R8).

    It takes one query, or none where all are on the register. As a subquery of each row it took a fifth of the list's
    time.
    """
    away = [pupil.pk for pupil in pupils if not pupil.is_enrolled]
    if not away:
        return frozenset()
    within = Transfer.objects.seen_for_the_file(day).filter(leaving__in=away).values_list("leaving")
    outside = Enrolment.objects.seen_for_the_file(day).filter(pupil__in=away).values_list("pupil")
    return frozenset(pk for (pk,) in within.union(outside))


def is_back() -> Exists:
    """A condition: the child is on the sender's register again since the arrival, so that no file is owed."""
    since = Enrolment.objects.filter(cancelled_at=None, starts_on__gt=OuterRef("arrived_on"))
    return Exists(since.filter(pupil=OuterRef("leaving")))


class TransferQuerySet(models.QuerySet["Transfer"]):
    """`day` is today: the state of a transfer follows from its days."""

    def under_way(self, day: date) -> "TransferQuerySet":
        """Those neither declined, cancelled, lapsed nor arrived."""
        return self.filter(cancelled_at=None, declined_at=None, arrived_on=None, lapses_on__gte=day)

    def waiting(self, day: date) -> "TransferQuerySet":
        return self.under_way(day).filter(agreed_on=None)

    def agreed(self, day: date) -> "TransferQuerySet":
        return self.under_way(day).filter(agreed_on__isnull=False)

    def declined(self, day: date) -> "TransferQuerySet":
        """Those to which the receiver has said no, until the day on which they would have lapsed."""
        return self.filter(cancelled_at=None, declined_at__isnull=False, lapses_on__gte=day)

    def knowing_told_again(self) -> "TransferQuerySet":
        """With `is_told_again`: the receiver has said no, and another school was told of the child after it."""
        same = (Exact(Plain(name), Plain(OuterRef(name))) for name in ("surname", "forename"))
        later = Transfer.objects.filter(
            *same, born_on=OuterRef("born_on"), pk__gt=OuterRef("pk"), from_establishment=None, cancelled_at=None
        )
        told = When(declined_at__isnull=False, then=Exists(later))
        return self.annotate(is_told_again=Case(told, default=Value(False)))

    def overdue(self, day: date) -> "TransferQuerySet":
        """Those whose expected day has passed without the child having arrived, or without an answer."""
        return self.under_way(day).filter(expected_on__lt=day)

    def seen_for_the_file(self, day: date) -> "TransferQuerySet":
        """Those of children who have left, whom the sender sees until the transfer file is made (R8)."""
        return self.filter(cancelled_at=None, sender_keeps_until__gte=day)

    def file_to_send(self, day: date) -> "TransferQuerySet":
        """Those where the child has left for the receiver and the transfer file must still be sent (R8)."""
        return self.seen_for_the_file(day).filter(~is_back(), file_sent_at=None)

    def came_to_something(self, day: date) -> "TransferQuerySet":
        """Those agreed, where the child goes or has gone.

        Not cancelled, not lapsed with the child still at the sender's, and not of a child who is back there. For any
        other transfer no file may be made (R7, R8).
        """
        goes = Q(lapses_on__gte=day) | Q(arrived_on__isnull=False) | Q(sender_keeps_until__gte=day)
        return self.filter(~is_back(), goes, cancelled_at=None, agreed_on__isnull=False)

    def coming_to(self, establishments: Collection[int]) -> "TransferQuerySet":
        return self.filter(establishment__in=establishments)

    def leaving_from(self, establishments: Collection[int]) -> "TransferQuerySet":
        return self.filter(from_establishment__in=establishments)

    def in_years(self, year_groups: Collection[str]) -> "TransferQuerySet":
        """Those of these year groups; where none are given, of all (R35)."""
        return self.filter(year_group__in=year_groups) if year_groups else self

    def accepted_from_outside(self, pupils: Iterable[Pupil]) -> dict[UUID, date]:
        """Record -> the day on which the school last accepted the child from outside.

        What a record says of the year group is of that day, even if the record is of an older return.
        """
        known = self.filter(pupil__in=pupils, from_establishment=None, cancelled_at=None, agreed_on__isnull=False)
        return dict(known.values_list("pupil").annotate(Max("agreed_on")))

    def by_day(self) -> "TransferQuerySet":
        return self.order_by("expected_on", *in_order_of("surname", "forename"), "pk")


class Transfer(models.Model):
    """A child said to be coming to `establishment`: asserted by the sender or an officer, accepted by the receiver.

    From `agreed_on` (the acceptance) the receiver has a record of its own, `pupil`, and sees it until the child arrives
    (when the enrolment takes over) or the transfer lapses, whichever is first. A cancelled transfer shows nothing.
    `leaving` is the sender's record; it is empty where the child comes from outside the community. Until the transfer
    is answered, the receiver sees only the few facts recorded here.
    """

    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, related_name="+")
    pupil = models.ForeignKey(Pupil, on_delete=models.PROTECT, null=True, related_name="transfers")
    from_establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, null=True, related_name="+")
    leaving = models.ForeignKey(Pupil, on_delete=models.PROTECT, null=True, related_name="departures")
    from_name = models.CharField(max_length=200, blank=True, help_text="A school outside the community.")

    is_told_again = False  # unless it is asked: `knowing_told_again`

    surname = models.CharField(max_length=100, default="", db_default="")
    forename = models.CharField(max_length=100, default="", db_default="")
    born_on = models.DateField(null=True)
    sex = models.CharField(max_length=1, blank=True, default="", db_default="")
    year_group = models.CharField(max_length=2, blank=True, default="", db_default="")
    upn = EncryptedTextField(childs=True)
    upn_index = models.CharField(max_length=64, blank=True, default="", db_default="")

    expected_on = models.DateField()
    lapses_on = models.DateField(help_text="The last day of access if the child does not arrive.")
    asserted_at = models.DateTimeField(auto_now_add=True, db_default=Now())
    asserted_by = models.BigIntegerField(null=True, help_text="The person, who never accepts what they asserted (R7).")
    asserted_by_name = models.CharField(max_length=200, default="", db_default="")
    agreed_on = models.DateField(null=True, help_text="The day on which the receiver accepted.")
    answered_by_name = models.CharField(max_length=200, blank=True, default="", db_default="")
    declined_at = models.DateTimeField(null=True)
    declined_because = EncryptedTextField(childs=True)
    cancelled_at = models.DateTimeField(null=True)
    cancelled_by_name = models.CharField(max_length=200, blank=True, default="", db_default="")
    sender_keeps_until = models.DateField(null=True, help_text="Last day on which the sender may make the CTF (R8).")
    file_sent_at = models.DateTimeField(null=True)
    arrived_on = models.DateField(null=True, editable=False, help_text="Kept by the database, from the enrolments.")
    reminders = models.PositiveSmallIntegerField(default=0, db_default=0, help_text="Sent while it waits.")
    overdue_told_on = models.DateField(null=True)
    lapse_noted_on = models.DateField(null=True)

    objects = TransferQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(agreed_on__isnull=True) | Q(lapses_on__gte=F("agreed_on")),
                name="transfer_lapses_after_agreement",
            ),
            models.CheckConstraint(
                condition=Q(agreed_on=None, pupil=None) | Q(agreed_on__isnull=False, pupil__isnull=False),
                name="transfer_agreed_with_a_record",
            ),
            models.CheckConstraint(
                condition=Q(leaving__isnull=True) | Q(from_establishment__isnull=False),
                name="transfer_leaves_an_establishment",
            ),
        ]

    def __str__(self) -> str:
        return f"Transfer {self.pk} expected {self.expected_on}"

    @property
    def sender(self) -> str:
        """The name of the school that the child comes from."""
        place = self.from_establishment
        return place.name if place else self.from_name or "Outside the community"


class ChildMerge(models.Model):
    """Two identities found to be one child: `child` became `same_as` `into`. Undoing it moves `moved` back.

    Only imports reach this table.
    """

    child = models.ForeignKey("sharing.Child", on_delete=models.PROTECT, related_name="+")
    into = models.ForeignKey("sharing.Child", on_delete=models.PROTECT, related_name="+")
    moved = models.JSONField(default=list, help_text="Ids of the pupil records that moved.")
    because = models.CharField(max_length=300)
    at = models.DateTimeField(auto_now_add=True)
    by_name = models.CharField(max_length=200)
    undone_at = models.DateTimeField(null=True)
    undone_by_name = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return f"Merge {self.pk}"
