"""Breaches of the protocol: reported, referred, decided, and the sanctions that follow (P17, R41)."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q
from django.db.models.expressions import RawSQL

from access_register.models.third_parties import Contract
from sharing.fields import EncryptedTextField
from sharing.models import Establishment


class Measure(models.TextChoices):
    """What a panel may decide. A measure with a length ends by itself after its last day."""

    NONE = "none", "No action"
    ADVICE = "advice", "A warning, with advice"
    TRAINING = "training", "Training"
    SUSPEND_PERSON = "suspend_person", "Suspend the person"
    SUSPEND_ESTABLISHMENT = "suspend_establishment", "Suspend the establishment from sharing"
    END_THIRD_PARTY = "end_third_party", "End the third party’s access"


WITH_A_LENGTH = frozenset({Measure.SUSPEND_PERSON, Measure.SUSPEND_ESTABLISHMENT, Measure.END_THIRD_PARTY})
WEEKS = (1, 2, 4, 8, 13, 26)
_FITS = Q(measure__in=sorted(WITH_A_LENGTH), weeks__in=WEEKS) | ~Q(measure__in=sorted(WITH_A_LENGTH)) & Q(weeks=0)


class BreachQuerySet(models.QuerySet["Breach"]):
    """Which breaches wait for the desk. The list and the home page use the same queries, so that they agree."""

    def newest_first(self) -> "BreachQuerySet":
        return self.order_by("-reported_at", "-pk")

    def at_the_desk(self) -> "BreachQuerySet":
        """Breaches that the asker sees as an information manager, which excludes any that are against them."""
        return self.filter(pk__in=RawSQL("SELECT breach_id FROM portal_breach_roles() WHERE role = 'desk'", []))

    def to_refer(self, manager_id: int) -> "BreachQuerySet":
        """Reported breaches that wait for this information manager. One that they would close waits for another manager
        to agree, if there is another."""
        is_alone = RawSQL("NOT EXISTS (SELECT FROM portal_breach_managers())", [], output_field=BooleanField())
        return self.filter(~Q(closed_by__contains=[manager_id]) | Q(is_alone), state=Breach.State.REPORTED)

    def without_a_panel(self) -> "BreachQuerySet":
        """Referred or appealed, with fewer members than a panel needs. PostgreSQL gives the answer only to the desk."""
        is_full = Func(F("pk"), function="access_register_panel_is_full", output_field=BooleanField())
        return self.filter(state__in=[Breach.State.REFERRED, Breach.State.APPEALED]).exclude(is_full)

    def to_tell(self) -> "BreachQuerySet":
        """Breaches that somebody still has to be told of: the rule of `rules.to_tell`, in SQL."""
        ico, people = (~Exists(BreachTold.objects.filter(breach=OuterRef("pk"), whom=one)) for one in BreachTold.Whom)
        risk, high = Breach.Severity.RISK, Breach.Severity.HIGH
        return self.filter((Q(severity__in=[risk, high]) | Q(tell_ico=True)) & ico | Q(severity=high) & people)


class Breach(models.Model):
    """One breach, as it was reported, and how far it has got.

    `aware_at` starts the 72 hours within which the Information Commissioner is told. `localities` are those whose
    partnership decides (A16). `sitting` is 1, and 2 once somebody appeals. `closed_by`: who at the desk would close it,
    or has closed it. If the person who reported it asks for others to look at it, `asked_again_at` says when, and those
    who had closed it move to `closed_before`. Free text is encrypted.
    """

    class State(models.TextChoices):
        REPORTED = "reported", "Waiting to be looked at"
        DISMISSED = "dismissed", "Closed without a referral"
        REFERRED = "referred", "With the Locality Achievement Partnership"
        DECIDED = "decided", "Decided"
        APPEALED = "appealed", "Under appeal"
        SETTLED = "settled", "Decided, after an appeal"

    class Whose(models.TextChoices):
        OWN = "own", "Me: I made a mistake"
        PERSON = "person", "Somebody else"
        GROUP = "group", "A group of people"
        ESTABLISHMENT = "establishment", "A school or another establishment"
        THIRD_PARTY = "third_party", "A third party, such as an advisory company"
        UNKNOWN = "unknown", "I do not know"

    class Data(models.TextChoices):
        NAMES = "names", "Names, dates of birth or UPNs of children"
        CONTACTS = "contacts", "Addresses or contact details"
        SEN = "sen", "Special educational needs"
        ATTAINMENT = "attainment", "Attainment"
        ATTENDANCE = "attendance", "Attendance or suspensions"
        STAFF = "staff", "Information about staff"
        ESTABLISHMENT = "establishment", "Figures of an establishment"
        CONFIDENTIAL = "confidential", "A confidential item"
        SIGN_IN = "sign_in", "A password, code or device"

    class Children(models.TextChoices):
        NONE = "0", "None"
        ONE = "1", "One"
        TEN = "10", "2 to 10"
        HUNDRED = "100", "11 to 100"
        THOUSAND = "1000", "101 to 1,000"
        MORE = "more", "More than 1,000"
        UNKNOWN = "unknown", "I do not know"

    class Severity(models.TextChoices):
        UNLIKELY = "unlikely", "A risk to people is unlikely"
        RISK = "risk", "There is a risk to people"
        HIGH = "high", "There is a high risk to people"

    whose = models.CharField(max_length=13, choices=Whose)
    about = models.ForeignKey(Establishment, on_delete=models.PROTECT, null=True, related_name="+")
    categories = ArrayField(models.CharField(max_length=13, choices=Data), default=list, db_default=[])
    children = models.CharField(max_length=7, choices=Children)
    happened = EncryptedTextField()
    whom = EncryptedTextField()
    happened_on = models.DateField(null=True)
    aware_at = models.DateTimeField()
    reported_at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(max_length=9, choices=State, default=State.REPORTED)
    is_personal = models.BooleanField(null=True, help_text="Whether it is a personal data breach (UK GDPR Art. 4).")
    severity = models.CharField(max_length=8, choices=Severity, blank=True, default="", db_default="")
    localities = ArrayField(models.BigIntegerField(), default=list, db_default=[])
    triaged_by_id = models.BigIntegerField(null=True)
    triaged_at = models.DateTimeField(null=True)
    closed_by = ArrayField(models.BigIntegerField(), default=list, db_default=[])
    closed_before = ArrayField(models.BigIntegerField(), default=list, db_default=[])
    asked_again_at = models.DateTimeField(null=True)
    of_misuse = models.BigIntegerField(null=True, unique=True, help_text="The report of misuse that it was made of.")
    passed_on_by_id = models.BigIntegerField(null=True, help_text="The officer who found that it was a misuse.")
    sitting = models.PositiveSmallIntegerField(default=1, db_default=1)
    outcome = models.CharField(max_length=21, choices=Measure, blank=True, default="", db_default="")
    weeks = models.PositiveSmallIntegerField(default=0, db_default=0)
    tell_ico = models.BooleanField(default=False, db_default=False)
    decided_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    clock_told_at = models.DateTimeField(null=True, help_text="When the desk was told that the 72 hours run out soon.")
    run_out_told_at = models.DateTimeField(null=True, help_text="When the desk was told that they have run out.")

    objects = BreachQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["decided", "appealed", "settled"], decided_at__isnull=False) & ~Q(outcome="")
                | ~Q(state__in=["decided", "appealed", "settled"]) & Q(outcome="", decided_at=None),
                name="breach_decided_with_an_outcome",
            ),
        ]

    def __str__(self) -> str:
        return f"Breach {self.pk}"


class BreachReport(models.Model):
    """Who reported a breach: a table of its own, so that the second lock can keep the name from others."""

    breach = models.OneToOneField(Breach, on_delete=models.PROTECT, related_name="report")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    person_name = models.CharField(max_length=200)
    name_withheld = models.BooleanField()
    form_key = models.UUIDField(default=uuid.uuid4)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "form_key"], name="one_breach_for_each_form"),
        ]

    def __str__(self) -> str:
        return f"Report of breach {self.breach_id}"


class BreachParty(models.Model):
    """Whom a breach is held against: a person, an establishment, or a third party (by its contract)."""

    breach = models.ForeignKey(Breach, on_delete=models.PROTECT, related_name="parties")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, null=True, related_name="+")
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=False, establishment=None, contract=None)
                | Q(person=None, establishment__isnull=False, contract=None)
                | Q(person=None, establishment=None, contract__isnull=False),
                name="breach_party_is_one",
            ),
            models.UniqueConstraint(
                fields=["breach", "person", "establishment", "contract"],
                name="breach_party_once",
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return f"Party {self.pk} of breach {self.breach_id}"


class BreachSeat(models.Model):
    """A member of the panel, and how they voted. `sitting` 2 decides an appeal, with different people."""

    breach = models.ForeignKey(Breach, on_delete=models.PROTECT, related_name="seats")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    sitting = models.PositiveSmallIntegerField()
    measure = models.CharField(max_length=21, choices=Measure, blank=True, default="", db_default="")
    weeks = models.PositiveSmallIntegerField(default=0, db_default=0)
    tell_ico = models.BooleanField(default=False, db_default=False)
    reason = EncryptedTextField()
    voted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["breach", "person"], name="one_seat_for_each_person"),
            models.CheckConstraint(condition=_FITS, name="vote_with_a_length_or_without"),
        ]

    def __str__(self) -> str:
        return f"Seat {self.pk} of breach {self.breach_id}"


class BreachEvidence(models.Model):
    """Rows of the ledger, frozen as they were read: who, when, what, and no free text. The rows are encrypted JSON."""

    breach = models.ForeignKey(Breach, on_delete=models.PROTECT, related_name="evidence")
    asked = models.CharField(max_length=300, help_text="Which rows, in words.")
    number = models.PositiveIntegerField(help_text="How many rows.")
    content = EncryptedTextField()
    attached_at = models.DateTimeField(auto_now_add=True)
    attached_by_name = models.CharField(max_length=200)

    def __str__(self) -> str:
        return f"Evidence {self.pk} of breach {self.breach_id}"


class BreachTold(models.Model):
    """Who has been told of a personal data breach, of those who had to be."""

    class Whom(models.TextChoices):
        ICO = "ico", "The Information Commissioner"
        PEOPLE = "people", "The people concerned"

    breach = models.ForeignKey(Breach, on_delete=models.PROTECT, related_name="told")
    whom = models.CharField(max_length=6, choices=Whom)
    told_at = models.DateTimeField()
    by_name = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["breach", "whom"], name="told_once")]

    def __str__(self) -> str:
        return f"{self.whom} told of breach {self.breach_id}"


class BreachStep(models.Model):
    """One step in the story of a breach. `audience`: everybody concerned, all except the reporter, or only the desk."""

    class What(models.TextChoices):
        REPORTED = "reported", "Reported"
        MISUSE = "misuse", "Reported as misuse of a comparison, which an officer has looked into"
        CONCERNED = "concerned", "Somebody named as concerned"
        TAKEN_OUT = "taken_out", "Somebody named as concerned was taken out again"
        TO_CLOSE = "to_close", "To be closed, once another information manager agrees"
        DISMISSED = "dismissed", "Closed without a referral"
        ASKED = "asked", "Whoever reported it asked for others to look at it"
        REFERRED = "referred", "Referred to the Locality Achievement Partnership"
        EVIDENCE = "evidence", "Rows of the ledger attached"
        TOLD = "told", "Told"
        SEATED = "seated", "Panel named"
        DRAWN = "drawn", "Panel drawn by lot, because nobody without a part in it was left to name one"
        DRAWN_FAR = (
            "drawn_far",
            "Panel drawn by lot from every Locality, as nobody without a part in it was left to name one and too few "
            "heads of the Locality concerned could sit",
        )
        ANSWERED = "answered", "Answer from whoever the case is against"
        DECIDED = "decided", "Decided"
        APPEALED = "appealed", "Appealed"
        UPHELD = "upheld", "Appeal: the decision stands"
        CHANGED = "changed", "Appeal: the decision is changed"
        LIFTED = "lifted", "Appeal: the decision is lifted"

    class Audience(models.TextChoices):
        ALL = "all", "Everybody concerned"
        PARTIES = "parties", "Everybody except whoever reported it"
        DESK = "desk", "The data-protection side"

    breach = models.ForeignKey(Breach, on_delete=models.PROTECT, related_name="steps")
    at = models.DateTimeField()
    what = models.CharField(max_length=9, choices=What)
    by_name = models.CharField(max_length=200, blank=True, default="", db_default="")
    words = EncryptedTextField()
    audience = models.CharField(max_length=7, choices=Audience)

    def __str__(self) -> str:
        return f"Step {self.pk} of breach {self.breach_id}"


class Sanction(models.Model):
    """What was decided against one party. It is in force from its first to its last day, unless an appeal lifts it.

    `participation_id`: if an establishment is suspended, the period for which it takes part again afterwards.
    `ended`: if a third party's access was ended, what ended with it (ids of contracts and lines, rows of the permission
    table), so that an appeal can bring it back.
    """

    breach = models.ForeignKey(Breach, on_delete=models.PROTECT, related_name="sanctions")
    measure = models.CharField(max_length=21, choices=Measure)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, null=True, related_name="+")
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, null=True, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, help_text="The last day on which it holds.")
    lifted_at = models.DateTimeField(null=True)
    participation_id = models.BigIntegerField(null=True)
    ended = models.JSONField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["establishment", "ends_on"], name="sanctions_of_a_place"),
            models.Index(fields=["person", "ends_on"], name="sanctions_of_a_person"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(measure__in=sorted(WITH_A_LENGTH), ends_on__gte=F("starts_on"))
                | ~Q(measure__in=sorted(WITH_A_LENGTH)) & Q(ends_on=None),
                name="sanction_with_a_last_day_or_without",
            ),
        ]

    def __str__(self) -> str:
        return f"Sanction {self.pk}: {self.measure}"
