"""Establishments, the Localities they belong to, and since when they take part in the protocol."""

import re
from collections import Counter
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import connection, models
from django.db.models.expressions import OrderBy

from sharing.dates import DateRange, covers
from sharing.models.ordered import ContextValue, OrderedByContext
from sharing.models.plain import each_word, in_order_of

CLOSED = 2  # the status in the national register
# Types of the national register: academies and free schools that are special schools, or offer alternative provision.
SPECIAL_ACADEMIES, ALTERNATIVE_ACADEMIES = (33, 36, 44), (38, 42, 43)
# Why a participation ended: because the establishment closed, and not by leaving the protocol.
CLOSED_SAYS_GIAS = "Closed, says GIAS"
CENTRE_CLOSED = "The centre has closed."
TYPE_ENDED = "Its type does not count any more"  # as sharing/sql/community.sql writes it
_NUMBER = re.compile(r"(?P<urn>[0-9]{5,6})|(?:(?P<la>[0-9]{3})[ /-]?)?(?P<own>[0-9]{4})")


def _numbered(text: str) -> models.Q | None:
    """The condition for this URN or DfE number: 107201, 380/2901, 3802901 or 2901. None for any other text."""
    number = _NUMBER.fullmatch(text.strip())
    if number is None:
        return None
    if number["urn"]:
        return models.Q(urn=number["urn"])
    authority = {"la_code": number["la"]} if number["la"] else {}
    return models.Q(establishment_number=number["own"], **authority)


class Kind(models.TextChoices):
    """The listed types of the community (R4). An establishment of any other GIAS type stays outside (A2)."""

    NURSERY = "nursery", "Nursery school"
    PRIMARY = "primary", "Primary school"
    SECONDARY = "secondary", "Secondary school"
    SPECIAL = "special", "Special school"
    PRU = "pru", "Pupil referral unit"
    ACADEMY = "academy", "Academy"
    CHILDRENS_CENTRE = "childrens_centre", "Children's centre"
    FREE = "free", "Free school"
    STUDIO = "studio", "Studio school"


class EstablishmentQuerySet(OrderedByContext, models.QuerySet["Establishment"]):
    """Establishments. Several of them may only be ordered by facts of their context: `sharing.context` (R29)."""

    orders = frozenset({"name", "urn", "id", "pk", "phase_code", "number_of_pupils"})

    def of_a_listed_type(self) -> "EstablishmentQuerySet":
        """Publicly funded and of one of the protocol's types (A2), in any authority."""
        return self.exclude(kind="")

    def of_the_community(self) -> "EstablishmentQuerySet":
        """Of a listed type, in the authority that this portal serves (P2)."""
        return self.of_a_listed_type().filter(la_code=settings.AUTHORITY_CODE)

    def in_our_time(self) -> "EstablishmentQuerySet":
        """Without those that closed before they could take part: the national register keeps them for decades."""
        ever = Participation.objects.filter(establishment=models.OuterRef("pk"))
        return self.filter(~models.Q(status_code=CLOSED) | models.Exists(ever))

    def not_closed_on(self, day: date) -> "EstablishmentQuerySet":
        """Without those that had closed before that day, or at some date that GIAS does not give."""
        return self.exclude(close_date__lt=day).exclude(status_code=CLOSED, close_date=None)

    def in_no_locality(self, day: date) -> "EstablishmentQuerySet":
        """Those of the community that nobody has placed in a Locality yet (A11)."""
        members = LocalityMembership.objects.filter(covers(day)).values("establishment")
        return self.of_the_community().not_closed_on(day).exclude(pk__in=members)

    def participating(self, day: date) -> "EstablishmentQuerySet":
        """Those that take part in the protocol on that day: of the community and not self-excluded (R2, R16)."""
        taking_part = Participation.objects.filter(covers(day), establishment=models.OuterRef("pk"))
        return self.of_the_community().filter(models.Exists(taking_part))

    def called(self, text: str) -> "EstablishmentQuerySet":
        """Those whose name contains each word of `text`, or whose URN or DfE number it is."""
        number = _numbered(text)
        return self.filter(each_word(text, "name") | number if number else each_word(text, "name"))

    def numbered(self, text: str) -> "EstablishmentQuerySet":
        """Those whose URN or DfE number `text` is; none where it is neither."""
        number = _numbered(text)
        return self.filter(number) if number else self.none()

    def with_membership(self, day: date) -> "EstablishmentQuerySet":
        """Each with its Locality, the day since when it takes part, the last day of an earlier participation and the
        first day of a later one; None for what it does not have."""
        localities = LocalityMembership.objects.filter(covers(day), establishment=models.OuterRef("pk"))
        participations = Participation.objects.filter(establishment=models.OuterRef("pk"))
        ended = participations.filter(ends_on__lt=day).order_by("-ends_on")
        coming = participations.filter(starts_on__gt=day).order_by("starts_on")
        return self.annotate(
            in_locality=models.Subquery(localities.values("locality__name")[:1]),
            in_locality_id=models.Subquery(localities.values("locality")[:1]),
            takes_part_since=models.Subquery(participations.filter(covers(day)).values("starts_on")[:1]),
            took_part_until=models.Subquery(ended.values("ends_on")[:1]),
            takes_part_from=models.Subquery(coming.values("starts_on")[:1]),
        )

    def beside(self, **figures: ContextValue) -> "EstablishmentQuerySet":
        """Each with these figures of its context."""
        return self.annotate(**figures)

    def by_name(self, *first: OrderBy) -> "EstablishmentQuerySet":
        """In this order, if one is given, and otherwise or for ties by name."""
        return self.order_by(*first, *in_order_of("name"), "urn")


class Establishment(models.Model):
    """A school, unit or centre. `urn` is GIAS's six digits, or a number from 900000 for one entered by hand."""

    urn = models.PositiveIntegerField("URN", unique=True)
    la_code = models.PositiveSmallIntegerField("LA code")
    establishment_number = models.PositiveSmallIntegerField(null=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=20, choices=Kind, blank=True, help_text="Empty: outside the community.")
    type_code = models.PositiveSmallIntegerField(null=True)
    type_name = models.CharField(max_length=100, blank=True)
    phase_code = models.PositiveSmallIntegerField(null=True)
    phase_name = models.CharField(max_length=50, blank=True)
    status_code = models.PositiveSmallIntegerField(null=True)
    status_name = models.CharField(max_length=50, blank=True)
    open_date = models.DateField(null=True)
    close_date = models.DateField(null=True)
    reason_opened_code = models.PositiveSmallIntegerField(null=True, help_text="Of GIAS, as 1 for an amalgamation.")
    reason_closed_code = models.PositiveSmallIntegerField(null=True, help_text="Of GIAS, as 1 for a merger.")
    low_age = models.PositiveSmallIntegerField(null=True)
    high_age = models.PositiveSmallIntegerField(null=True)
    gender_name = models.CharField(max_length=30, blank=True)
    capacity = models.PositiveIntegerField(null=True)
    number_of_pupils = models.PositiveIntegerField(null=True)
    street = models.CharField(max_length=100, blank=True)
    address3 = models.CharField(max_length=100, blank=True)
    locality_line = models.CharField(max_length=100, blank=True, help_text="GIAS's address line, not the Locality.")
    town = models.CharField(max_length=100, blank=True)
    postcode = models.CharField(max_length=10, blank=True)
    telephone = models.CharField(max_length=30, blank=True)
    website = models.CharField(max_length=200, blank=True)
    head_title = models.CharField(max_length=30, blank=True)
    head_job_title = models.CharField(max_length=100, blank=True)
    lsoa_code = models.CharField("LSOA", max_length=9, blank=True)
    ward_code = models.CharField(max_length=9, blank=True)
    ukprn = models.CharField("UKPRN", max_length=8, blank=True)
    trust_name = models.CharField(max_length=200, blank=True)
    religious_character = models.CharField(max_length=100, blank=True)
    goes_on_as = models.OneToOneField(
        "self", on_delete=models.SET_NULL, null=True, related_name="went_before",
        help_text="The URN under which this same establishment goes on, beyond doubt; each has one before it at most.",
    )  # fmt: skip
    source = models.CharField(max_length=100, help_text="Where these facts come from, in words.")
    as_of = models.DateField(help_text="The day on which the source said so.")

    objects = EstablishmentQuerySet.as_manager()

    # Added by `with_membership`.
    in_locality: str | None
    in_locality_id: int | None
    takes_part_since: date | None
    took_part_until: date | None
    takes_part_from: date | None
    # Added by sharing.context.
    context: Any
    idaci: Decimal | None
    fsm: Decimal | None
    eal: Decimal | None
    stayed: Decimal | None

    class Meta:
        permissions = [
            ("view_pupils", "Can see pupil information"),
            ("view_staff", "Can see staff information"),
            ("manage_register", "Can see and keep the Access Register"),
            ("keep_records", "Can bring in files, arrange transfers and answer challenges"),
            ("manage_duties", "Can record officers and their duties"),
            ("view_restricted", "Can see and keep the confidential items of an establishment"),
        ]
        indexes = [
            models.Index(fields=["la_code", "establishment_number"]),
            models.Index(*in_order_of("name"), "urn", name="establishments_in_order"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def counts_as(self) -> str:
        """Its kind; an academy that is a special school, or offers alternative provision, counts among those."""
        if self.type_code in SPECIAL_ACADEMIES:
            return Kind.SPECIAL
        return Kind.PRU if self.type_code in ALTERNATIVE_ACADEMIES else self.kind

    @property
    def dfe_number(self) -> str:
        """Seven digits: those of its authority and its own. Empty for one that has no number."""
        number = self.establishment_number
        return f"{self.la_code:03}{number:04}" if number else ""

    @property
    def address_lines(self) -> tuple[str, ...]:
        lines = (self.street, self.locality_line, self.address3, self.town, self.postcode)
        return tuple(line for line in lines if line)

    @classmethod
    def with_urn(cls, urn: int) -> "Establishment | None":
        """The establishment with this number. Each visit to one starts here, so its SQL is only built once."""
        with connection.cursor() as cursor:
            cursor.execute(_WITH_URN, [urn])
            found = cursor.fetchone()
        return cls.from_db(connection.alias, _FIELDS, found) if found else None


_FIELDS = [field.attname for field in Establishment._meta.concrete_fields]
_WITH_URN = f"SELECT {', '.join(_FIELDS)} FROM sharing_establishment WHERE urn = %s"  # noqa: S608 - our own columns


def names_apart(places: Iterable[Establishment]) -> dict[int, str]:
    """URN -> name, for somebody to choose from, in the order of `places`. Several of one name have town and URN too."""
    chosen = list(places)
    of_that_name = Counter(place.name for place in chosen)
    return {
        place.urn: place.name
        if of_that_name[place.name] == 1
        else f"{', '.join(filter(None, (place.name, place.town)))} (URN {place.urn})"
        for place in chosen
    }


class EstablishmentLink(models.Model):
    """GIAS's statement that one URN succeeds or precedes another (formats page 2). Both URNs as GIAS gives them."""

    urn = models.PositiveIntegerField()
    link_urn = models.PositiveIntegerField()
    link_name = models.CharField(max_length=200)
    link_type = models.CharField(max_length=100)
    established_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["urn", "link_urn", "link_type"], name="one_row_for_each_link"),
        ]

    def __str__(self) -> str:
        return f"{self.urn} {self.link_type} {self.link_urn}"


class LocalityQuerySet(models.QuerySet["Locality"]):
    def by_name(self) -> Self:
        return self.order_by(*in_order_of("name"))


class Locality(models.Model):
    """The area of a Locality Achievement Partnership: the establishments that support each other (P11, P17)."""

    name = models.CharField(max_length=100, unique=True)

    objects = LocalityQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name


class LocalityMembership(models.Model):
    """Which Locality an establishment is in, from when to when: exactly one at a time (A11)."""

    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, related_name="localities")
    locality = models.ForeignKey(Locality, on_delete=models.PROTECT, related_name="memberships")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="one_locality_at_a_time",
                expressions=[
                    ("establishment", RangeOperators.EQUAL),
                    (DateRange(), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.establishment} in {self.locality} from {self.starts_on}"


class ListedTypeQuerySet(models.QuerySet["ListedType"]):
    def counting_on(self, day: date) -> "ListedTypeQuerySet":
        return self.exclude(ends_on__lt=day)


class ListedType(models.Model):
    """A type of the national register that an officer has added to the protocol's list, and as which kind (A2).

    Only functions of the database write it (sharing/sql/community.sql). It counts until it is taken off the list.
    """

    type_code = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=20, choices=Kind)
    reason = models.CharField(max_length=300)
    decided_on = models.DateField()
    recorded_by_name = models.CharField(max_length=200)
    recorded_at = models.DateTimeField(auto_now_add=True)
    ends_on = models.DateField(null=True, help_text="The last day on which it counts.")
    ended_reason = models.CharField(max_length=300, blank=True, default="", db_default="")
    ended_by_name = models.CharField(max_length=200, blank=True, default="", db_default="")

    objects = ListedTypeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["type_code"], condition=models.Q(ends_on=None), name="type_listed_once_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"Type {self.type_code} as {self.kind}"


class LocalityMove(models.Model):
    """An officer's decision that an establishment moves to another Locality on a day, and why (A11).

    Only the database's functions write it (sharing/sql/localities.sql). A move can be cancelled before its day, or
    stands.
    """

    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, related_name="moves")
    from_locality = models.ForeignKey(Locality, on_delete=models.PROTECT, null=True, related_name="+")
    to_locality = models.ForeignKey(Locality, on_delete=models.PROTECT, related_name="+")
    on = models.DateField(help_text="The first day in the new Locality.")
    stretch_was_to_end_on = models.DateField(null=True, help_text="The last day in the former, before this move.")
    reason = models.CharField(max_length=300)
    recorded_by_id = models.BigIntegerField()
    recorded_by_name = models.CharField(max_length=200)
    recorded_at = models.DateTimeField(auto_now_add=True)
    taken_back_at = models.DateTimeField(null=True)
    taken_back_by_name = models.CharField(max_length=200, blank=True, default="", db_default="")

    class Meta:
        indexes = [models.Index(fields=["establishment", "on"])]

    def __str__(self) -> str:
        return f"Move {self.pk} on {self.on}"


class Participation(models.Model):
    """A period in which an establishment takes part. Self-exclusion ends it; coming back starts another."""

    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, related_name="participations")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, help_text="The last day of taking part.")
    ended_because = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="one_participation_at_a_time",
                expressions=[
                    ("establishment", RangeOperators.EQUAL),
                    (DateRange(), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.establishment} from {self.starts_on}"
