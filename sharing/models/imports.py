"""Imports: the file, what was found in it, and what became of it."""

from django.db import models
from django.db.models.fields.json import KT

from sharing.fields import EncryptedTextField


class ImportQuerySet(models.QuerySet["Import"]):
    def with_title(self) -> "ImportQuerySet":
        """Each with `title`: which file it is, as its report says. It has none before it has been checked."""
        return self.annotate(title=KT("report__title"))


class Import(models.Model):
    """One file on its way into the store: uploaded, checked, looked at, then applied or discarded.

    `file_hash` is the SHA-256 of the file: the same file changes nothing a second time. `establishment` is empty for
    files of the whole authority. `report` and `problems` are facts for the page: numbers, places and how to correct
    them, no personal data.
    """

    class State(models.TextChoices):
        UPLOADED = "uploaded", "Waiting to be checked"
        CHECKING = "checking", "Being checked"
        REFUSED = "refused", "Refused: there are errors to correct"
        READY = "ready", "Checked: look at what will change"
        TO_APPLY = "to_apply", "Waiting to be applied"
        APPLYING = "applying", "Being applied"
        APPLIED = "applied", "Applied"
        DISCARDED = "discarded", "Discarded: nothing was changed"
        FAILED = "failed", "Failed: nothing was changed"

    # The worker's tasks, including what it was doing when it was killed.
    TO_DO = (State.UPLOADED, State.CHECKING, State.TO_APPLY, State.APPLYING)
    UNSETTLED = (*TO_DO, State.READY)

    kind = models.CharField(max_length=30)
    state = models.CharField(max_length=10, choices=State, default=State.APPLIED, db_default=State.APPLIED)
    file_name = EncryptedTextField(db_column="sealed_file_name")
    file_hash = models.CharField(max_length=64)
    file_size = models.PositiveBigIntegerField(null=True, help_text="Bytes.")
    establishment = models.ForeignKey("sharing.Establishment", on_delete=models.PROTECT, null=True)
    at = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=200)
    by_person_id = models.BigIntegerField(null=True)
    as_of = models.DateField(null=True)
    tries = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text="How often the worker has begun to check, or to apply, it."
    )
    progress = models.PositiveSmallIntegerField(default=0, db_default=0, help_text="Per cent.")
    finished_at = models.DateTimeField(null=True)
    settled_by = models.CharField(
        max_length=200, blank=True, default="", db_default="", help_text="Who applied or discarded it."
    )
    report = models.JSONField(default=dict)
    problems = models.JSONField(default=list, db_default=[])
    title: str | None
    objects = ImportQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["kind", "file_hash"])]
        # A double click must not upload a file twice.
        constraints = [
            models.UniqueConstraint(
                fields=["establishment", "kind", "file_hash"],
                condition=models.Q(state__in=["uploaded", "checking", "ready", "to_apply", "applying"]),
                name="one_conversation_about_a_file",
            ),
            models.UniqueConstraint(
                fields=["kind", "file_hash"],
                condition=models.Q(
                    state__in=["uploaded", "checking", "ready", "to_apply", "applying"], establishment=None
                ),
                name="one_conversation_about_a_file_of_all",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class ImportPerson(models.Model):
    """Whom a row of a file is about that has an error or a query, or is to be looked at, for whoever brought it (R13).

    `on_record`: the name on record, where the file gives another. It is deleted when the file is applied or discarded,
    and a week after it was refused.
    """

    of = models.ForeignKey(Import, on_delete=models.PROTECT, related_name="people")
    row = models.PositiveIntegerField()
    name = EncryptedTextField(db_column="sealed_name")
    on_record = EncryptedTextField(db_column="sealed_on_record")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["of", "row"], name="one_person_for_each_row")]

    def __str__(self) -> str:
        return f"Row {self.row} of import {self.of_id}"


class ImportPiece(models.Model):
    """A piece of an uploaded file, encrypted (R13). It is deleted when the import is settled."""

    of = models.ForeignKey(Import, on_delete=models.PROTECT, related_name="pieces")
    number = models.PositiveIntegerField()
    sealed = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["of", "number"], name="one_piece_for_each_number")]

    def __str__(self) -> str:
        return f"Piece {self.number} of import {self.of_id}"
