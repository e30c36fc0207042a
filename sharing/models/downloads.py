"""Personal data that was taken away: as a file or on paper, by whom, for what purpose, and until when (R14)."""

from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from sharing.authorise.grants import EstablishmentPermission, Through
from sharing.dates import covers
from sharing.fields import EncryptedTextField
from sharing.models.establishments import CLOSED, Establishment


class DownloadQuerySet(models.QuerySet["Download"]):
    def by(self, person_id: int) -> "DownloadQuerySet":
        return self.filter(by_person_id=person_id)

    def looked_after_at(self, through: Through) -> "DownloadQuerySet":
        """Those taken at this site.

        On EduNet it includes those from a school that has closed, which PostgreSQL shows once nobody has access there
        any more (R14).
        """
        of_ended = Q(through=Through.SCHOOLS_ONLINE, establishment__status_code=CLOSED)
        return self.filter(Q(through=through) | of_ended if through == Through.EDUNET else Q(through=through))

    def still_kept(self) -> "DownloadQuerySet":
        """Those in the person's hands: collected, and not confirmed as destroyed."""
        return self.filter(state=Download.State.COLLECTED, disposed_at=None)

    def knowing_who_has_left(self, today: date) -> "DownloadQuerySet":
        """With `has_left`: the person no longer has access where they took it."""
        held = EstablishmentPermission.objects.filter(
            covers(today), user=models.OuterRef("by_person_id"), content_object=models.OuterRef("establishment"),
            through=models.OuterRef("through"),
        )  # fmt: skip
        return self.annotate(has_left=~models.Exists(held))

    def overdue(self, today: date) -> "DownloadQuerySet":
        return self.still_kept().filter(dispose_by__lt=today)

    def to_destroy_first(self) -> "DownloadQuerySet":
        """Those still kept, by the day by which they must be destroyed; then all others, the newest first."""
        kept = models.Case(
            models.When(Q(state=Download.State.COLLECTED, disposed_at=None), then="dispose_by"), default=None
        )
        return self.order_by(kept.asc(nulls_last=True), "-asked_at", "-pk")


class Download(models.Model):
    """One file, printed page or transfer file with records of children or staff, and what became of it.

    A large file waits for its worker (docs/adr/0023). It stays here until it is collected, for no more than 24 hours.
    `dispose_by` follows from the purpose. The person, not the service, destroys it and says how. `rows`: the number of
    records in it. `size`: bytes.
    """

    class Kind(models.TextChoices):
        PUPILS = "pupils", "List of pupils"
        PUPIL = "pupil", "Record of one pupil"
        STAFF = "staff", "List of staff"
        MEMBER = "member", "Record of one member of staff"
        MOVES = "moves", "Joiners and leavers"
        FINDING = "finding", "Data quality finding"
        REGISTER = "register", "Access Register"
        SUBJECT = "subject", "Answer to a subject access request"
        TRANSFER_FILE = "transfer-file", "Common Transfer File"

    class Form(models.TextChoices):
        WORKBOOK = "xlsx", "Excel workbook, encrypted"
        PDF = "pdf", "PDF, encrypted"
        PAPER = "paper", "A page to print"
        XML = "xml", "Common Transfer File, not encrypted"

    class Purpose(models.TextChoices):
        CORRECTION = "correction", "To correct records"
        MEETING = "meeting", "For a meeting about a child or with parents"
        TRIP = "trip", "For a trip or an event"
        TEACHING = "teaching", "To plan teaching and support"
        REVIEW = "review", "To review who has access or how the school is staffed"
        RETURN = "return", "For a statutory return or an inspection"
        SAFEGUARDING = "safeguarding", "To keep a child safe"
        TRANSFER = "transfer", "To send a child's record to the next school"
        SUBJECT = "subject", "To answer a subject access request"

    # For how many days a copy may be kept.
    DAYS = {
        Purpose.CORRECTION: 7,
        Purpose.MEETING: 14,
        Purpose.TRIP: 14,
        Purpose.TEACHING: 30,
        Purpose.REVIEW: 30,
        Purpose.RETURN: 30,
        Purpose.SAFEGUARDING: 30,
        Purpose.TRANSFER: 14,
        Purpose.SUBJECT: 30,
    }

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting to be made"
        MAKING = "making", "Being made"
        READY = "ready", "Ready to collect"
        COLLECTED = "collected", "Collected"
        LAPSED = "lapsed", "Not collected, deleted"
        FAILED = "failed", "Could not be made"

    TO_DO = (State.WAITING, State.MAKING)

    class How(models.TextChoices):
        DELETED = "deleted", "Deleted from everywhere I kept it, and from the recycle bin"
        SHREDDED = "shredded", "Shredded"
        BOTH = "both", "The file is deleted, and what was printed is shredded"
        HANDED_ON = "handed-on", "Sent to the school it was made for, and deleted here"
        NEVER_HAD = "never-had", "It never reached me or I could not open it"
        WRITTEN = "written", "They no longer have access, and have written that it is destroyed"

    kind = models.CharField(max_length=13, choices=Kind)
    form = models.CharField(max_length=5, choices=Form)
    purpose = models.CharField(max_length=12, choices=Purpose)
    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, related_name="+")
    by_person_id = models.BigIntegerField()
    by_name = models.CharField(max_length=200)
    through = models.CharField(max_length=20)
    asked_at = models.DateTimeField(auto_now_add=True)
    dispose_by = models.DateField()
    state = models.CharField(max_length=9, choices=State)
    tries = models.PositiveSmallIntegerField(default=0, db_default=0)
    progress = models.PositiveSmallIntegerField(default=0, db_default=0, help_text="Per cent.")
    rows = models.PositiveIntegerField(default=0, db_default=0)
    size = models.PositiveIntegerField(default=0, db_default=0)
    made_at = models.DateTimeField(null=True)
    collected_at = models.DateTimeField(null=True)
    disposed_at = models.DateTimeField(null=True)
    disposed_how = models.CharField(max_length=9, choices=How, blank=True, default="", db_default="")
    reminded_on = models.DateField(null=True)

    objects = DownloadQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["by_person_id", "asked_at"]),
            models.Index(
                fields=["dispose_by"], condition=Q(state="collected", disposed_at=None), name="downloads_kept"
            ),
            models.Index(
                fields=["asked_at"], condition=Q(state__in=["waiting", "making", "ready"]), name="downloads_here"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="collected", collected_at__isnull=False)
                | ~Q(state="collected") & Q(collected_at=None, disposed_at=None),
                name="download_collected_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(disposed_at=None, disposed_how="") | Q(disposed_at__isnull=False) & ~Q(disposed_how=""),
                name="download_destroyed_somehow",
            ),
        ]

    def __str__(self) -> str:
        return f"D-{self.pk}"


class DownloadSecret(models.Model):
    """The part of a download that only the person may see, for as long as it is here (R13).

    `asked`: what they asked for, as JSON; it can contain part of a name. `passphrase`: kept until it was shown, once.
    `year_groups` and `withheld`: how the head had narrowed the person's view when the file was made. `pupils` and
    `staff`: the ids of those whose records are in it.
    """

    of = models.OneToOneField(Download, on_delete=models.CASCADE, primary_key=True, related_name="secret")
    asked = EncryptedTextField()
    passphrase = EncryptedTextField()
    year_groups = ArrayField(models.CharField(max_length=2), default=list, db_default=[])
    withheld = ArrayField(models.CharField(max_length=20), default=list, db_default=[])
    pupils = ArrayField(models.UUIDField(), default=list, db_default=[])
    staff = ArrayField(models.UUIDField(), default=list, db_default=[])

    def __str__(self) -> str:
        return f"Secret of D-{self.of_id}"


class DownloadPiece(models.Model):
    """A 1 MB piece of a file that waits to be collected, encrypted and bound to its position in the file (R13)."""

    of = models.ForeignKey(Download, on_delete=models.CASCADE, related_name="pieces")
    number = models.PositiveSmallIntegerField()
    sealed = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["of", "number"], name="one_piece_of_a_download_at_a_place")]

    def __str__(self) -> str:
        return f"Piece {self.number} of D-{self.of_id}"
