"""Advice and guidance that officers of the Council write for anybody to read (R37; docs/adr/0044)."""

import uuid
from datetime import date

from django.db import models
from django.db.models import Q


class AdvicePage(models.Model):
    """One page at one address, which stays when the title changes. What is shown there is one of its versions.

    `form_key` comes from the form that created it, so a form sent twice makes one page.
    """

    slug = models.SlugField(max_length=60, unique=True)
    form_key = models.UUIDField(default=uuid.uuid4, unique=True)

    def __str__(self) -> str:
        return f"Advice {self.pk}"


class AdviceVersionQuerySet(models.QuerySet["AdviceVersion"]):
    def out(self) -> "AdviceVersionQuerySet":
        """What anybody can read today."""
        return self.filter(state=AdviceVersion.State.PUBLISHED)

    def in_hand(self) -> "AdviceVersionQuerySet":
        """Being written, or waiting for a second officer."""
        return self.filter(state__in=(AdviceVersion.State.DRAFT, AdviceVersion.State.WAITING))

    def to_be_agreed_by(self, person_id: int) -> "AdviceVersionQuerySet":
        """Those that wait for agreement and that the person has neither written any part of nor asked agreement for."""
        own = AdviceStep.objects.filter(by_id=person_id, kind__in=AdviceStep.OF_WRITERS, version=models.OuterRef("pk"))
        return self.filter(~models.Exists(own), state=AdviceVersion.State.WAITING)

    def to_be_destroyed_by(self, person_id: int) -> "AdviceVersionQuerySet":
        """Those whose words another officer asked to destroy."""
        asked = AdviceStep.objects.filter(version=models.OuterRef("pk"), kind=AdviceStep.Kind.WORDS_ASKED)
        last = asked.order_by("-pk").values("by_id")[:1]
        return self.filter(words=AdviceVersion.Words.ASKED).alias(asker=models.Subquery(last)).exclude(asker=person_id)

    def to_look_at_again(self, today: date) -> "AdviceVersionQuerySet":
        return self.out().filter(review_on__lte=today)


class AdviceVersion(models.Model):
    """What a page says, said or will say. Its words never change once it has been agreed to and published.

    After it has been taken down, two officers can destroy them.

    `edits` counts how often the page was saved, over all its versions: whoever saves, asks or agrees says which state
    they saw. The steps, which the public never reads, say who did what.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        WAITING = "waiting", "Waiting for agreement"
        PUBLISHED = "published", "Published"
        REPLACED = "replaced", "Replaced by a later version"
        TAKEN_DOWN = "taken_down", "Taken down"
        DISCARDED = "discarded", "Discarded before it was published"

    class Words(models.TextChoices):
        KEPT = "kept", "Kept"
        ASKED = "asked", "An officer asked to destroy its words"
        GONE = "gone", "Two officers destroyed its words"

    page = models.ForeignKey(AdvicePage, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    edits = models.PositiveIntegerField(default=1)
    title = models.CharField(max_length=100)
    summary = models.CharField(max_length=200)
    owner = models.CharField(max_length=100)
    text = models.TextField()
    review_on = models.DateField()
    published_at = models.DateTimeField(null=True)
    words = models.CharField(max_length=5, choices=Words, default=Words.KEPT, db_default=Words.KEPT)

    objects = AdviceVersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["page", "number"], name="advice_versions_are_numbered"),
            models.UniqueConstraint(fields=["page"], condition=Q(state="published"), name="one_advice_is_out"),
            models.UniqueConstraint(
                fields=["page"], condition=Q(state__in=["draft", "waiting"]), name="one_advice_is_in_hand"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["published", "replaced", "taken_down"], published_at__isnull=False)
                | Q(state__in=["draft", "waiting", "discarded"], published_at=None),
                name="advice_is_out_since",
            ),
            models.CheckConstraint(
                condition=Q(words="kept") | Q(state__in=["replaced", "taken_down"]), name="words_that_are_out_are_kept"
            ),
            models.CheckConstraint(
                condition=~Q(words="gone") | Q(title="", summary="", owner="", text=""), name="words_that_are_gone"
            ),
        ]

    def __str__(self) -> str:
        return f"Version {self.pk} of advice"


class AdviceStep(models.Model):
    """Who did what with a version, when, and (if the step asks for a reason) why."""

    class Kind(models.TextChoices):
        WRITTEN = "written", "Written"
        ASKED = "asked", "Agreement asked for"
        HANDED_BACK = "handed_back", "Handed back"
        PUBLISHED = "published", "Agreed and published"
        TAKEN_DOWN = "taken_down", "Taken down"
        DISCARDED = "discarded", "Discarded"
        WORDS_ASKED = "words_asked", "Destruction of its words asked for"
        WORDS_KEPT = "words_kept", "Its words are kept"
        WORDS_GONE = "words_gone", "Its words were destroyed"

    class Reason(models.TextChoices):
        """Why words should be destroyed. A closed list, because typed text might name whoever the words named."""

        CHILD = "child", "It names a child, or shows who a child is"
        PERSON = "person", "It names another person, or shows who they are"
        SECRET = "secret", "It reveals something that nobody should know"

    OF_WRITERS = (Kind.WRITTEN, Kind.ASKED)

    version = models.ForeignKey(AdviceVersion, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=11, choices=Kind)
    at = models.DateTimeField()
    by_id = models.BigIntegerField()
    by_name = models.CharField(max_length=200)
    because = models.CharField(max_length=300, blank=True, default="", db_default="")
    reason = models.CharField(max_length=6, choices=Reason, blank=True, default="", db_default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="words_asked", reason__in=["child", "person", "secret"])
                | ~Q(kind="words_asked") & Q(reason=""),
                name="why_words_are_to_go",
            )
        ]
        indexes = [models.Index(fields=["version", "at"], name="steps_of_advice")]

    def __str__(self) -> str:
        return f"Step {self.pk} of advice"
