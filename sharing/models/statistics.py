"""Protected statistics: what is published of a release of `open-statistics`, cell by cell (P4, R10, R11, R12, R31).

The builder (sharing.statistics) rounds all tables of a release together; only what is stored here leaves it. A cell has
the same number wherever it is shown. `docs/formats/statistics.md` explains the words.
"""

from collections.abc import Iterable
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Cast, JSONObject

from sharing.models.among import numbers
from sharing.models.establishments import Establishment
from sharing.models.releases import Release, ReleaseQuerySet


class StatisticsDimension(models.Model):
    """One way of dividing pupils, as a tree: `members` are {code, label, parent}, the whole first."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="dimensions")
    name = models.SlugField()
    label = models.CharField(max_length=100)
    members = models.JSONField()
    impossible = models.JSONField(
        default=list, db_default=[], help_text="[member, other dimension, its member] that no pupil can be in at once."
    )
    place = models.PositiveSmallIntegerField(help_text="Order on a page.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["release", "name"], name="one_dimension_of_a_name")]

    def __str__(self) -> str:
        return f"{self.release_id} {self.name}"


class StatisticsTableQuerySet(models.QuerySet["StatisticsTable"]):
    def current(self, dataset: str) -> "StatisticsTableQuerySet":
        """Those of the newest version that is out for each year, the newest year first, in the order of a page."""
        newest = Release.objects.current().filter(dataset__slug=dataset)
        found = self.filter(release__in=newest.values("pk")).select_related("release__dataset", "release__protected_by")
        return found.order_by("-release__academic_year", "place")

    def for_everybody(self) -> "StatisticsTableQuerySet":
        """Those that name no establishment."""
        return self.filter(audience=StatisticsTable.Audience.OPEN)

    def naming_establishments(self) -> "StatisticsTableQuerySet":
        return self.filter(audience=StatisticsTable.Audience.NAMED)

    def with_dimensions(self) -> "StatisticsTableQuerySet":
        """Each with the dimensions of its release as `trees`: [{name, label, members}]."""
        return self.annotate(trees=trees_of("release"))

    def as_list(self) -> ArraySubquery:
        """These as a single value in a row of another query, in the order of a page."""
        shape = ("name", "title", "dimensions", "where", "members", "indicators", "audience")
        return ArraySubquery(self.order_by("place").values(json=JSONObject(**{name: name for name in shape})))


def trees_of(release: str) -> ArraySubquery:
    """The dimensions of a release whose id the outer query has under this name: [{name, label, members}]."""
    found = StatisticsDimension.objects.filter(release=models.OuterRef(release)).order_by("place")
    return ArraySubquery(found.values(json=JSONObject(name="name", label="label", members="members")))


class StatisticsTable(models.Model):
    """One table of the closed catalogue: which dimensions it crosses, whom it is for, and what each cell says."""

    class Audience(models.TextChoices):
        OPEN = "open", "Open: no establishment is named"
        NAMED = "named", "Names establishments: only for people who may read about them"

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="tables")
    name = models.SlugField(max_length=100)
    title = models.CharField(max_length=200)
    dimensions = ArrayField(models.CharField(max_length=50))
    where = models.JSONField(default=dict, help_text="{dimension: member} that holds in the whole table.")
    members = models.JSONField(default=dict, help_text="{dimension: [members]}, where not all of them.")
    indicators = ArrayField(models.CharField(max_length=50))
    audience = models.CharField(max_length=10, choices=Audience)
    place = models.PositiveSmallIntegerField(help_text="Order on a page.")

    objects = StatisticsTableQuerySet.as_manager()

    # Added by `with_dimensions`.
    trees: list[dict[str, Any]]

    class Meta:
        constraints = [models.UniqueConstraint(fields=["release", "name"], name="one_table_of_a_name")]

    def __str__(self) -> str:
        return f"{self.release_id} {self.name}"


class StatisticsCellQuerySet(models.QuerySet["StatisticsCell"]):
    def of(self, releases: ReleaseQuerySet) -> "StatisticsCellQuerySet":
        return self.filter(release__pk__among=numbers(releases))

    def for_everybody(self) -> "StatisticsCellQuerySet":
        """Those that are about no one establishment."""
        return self.filter(establishment=None)

    def of_establishments(self, ids: Iterable[int]) -> "StatisticsCellQuerySet":
        return self.filter(establishment__in=ids)

    def with_keys(self, keys: list[str]) -> "StatisticsCellQuerySet":
        return self.filter(key__in=keys)

    def as_sheet(self) -> ArraySubquery:
        """These as a single value in a row of another query: [{key, indicator, value, symbol, step}].

        Numbers are text.
        """
        as_text = {name: Cast(name, models.TextField()) for name in ("value", "step")}
        return ArraySubquery(self.values(json=JSONObject(key="key", indicator="indicator", symbol="symbol", **as_text)))


class StatisticsCell(models.Model):
    """One published number, or the symbol in its place.

    `key`: the cell's id, `dimension=member` for each dimension that is not at its whole, in alphabetical order, joined
    by `|`; empty for the whole authority. `establishment`: the one that the cell is about, if any.
    """

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="cells")
    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, null=True, related_name="+")
    key = models.CharField(max_length=300)
    indicator = models.CharField(max_length=50)
    value = models.DecimalField(max_digits=10, decimal_places=2, null=True)
    symbol = models.CharField(max_length=8, blank=True, default="", db_default="")
    step = models.DecimalField(max_digits=5, decimal_places=2, null=True, help_text="To which a mean is rounded.")

    objects = StatisticsCellQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["release", "key", "indicator"], name="one_number_for_each_statistics_cell"),
            models.CheckConstraint(
                condition=Q(value=None, symbol__gt="") | Q(value__isnull=False, symbol=""),
                name="statistics_cell_is_a_number_or_a_symbol",
            ),
        ]

    def __str__(self) -> str:
        return f"Cell {self.pk}"


class StatisticsRules(models.Model):
    """The rules by which a release is protected, and what its files say besides the tables.

    docs/formats/statistics.md has the words. `held`: names of tables without Localities. `public`: [key, pupils] that
    are also known to the public. `lost`: what protection costs.
    """

    release = models.OneToOneField(Release, on_delete=models.PROTECT, related_name="protected_by")
    base = models.PositiveSmallIntegerField(help_text="Counts are multiples of it.")
    rate_from = models.PositiveSmallIntegerField(help_text="A rate stands on a count of at least this.")
    held = ArrayField(models.CharField(max_length=100), default=list)
    public = models.JSONField(default=list)
    lost = models.JSONField()

    def __str__(self) -> str:
        return f"Rules of release {self.release_id}"


class StatisticsVerdict(models.Model):
    """What the gate and the attacker found in a release, and what protecting it cost. It contains no exact number.

    `findings`: [{title, words, passed}]. `loss`: for each table, how much is published differently from the true
    figures, and why; what was left out; `before`, the release from whose numbers this one started.
    """

    release = models.OneToOneField(Release, on_delete=models.PROTECT, related_name="verdict")
    passed = models.BooleanField()
    findings = models.JSONField()
    loss = models.JSONField()
    seconds = models.FloatField()
    made_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"Verdict on release {self.release_id}"


class StatisticsRequest(models.Model):
    """An officer's request for open statistics of an academic year; the worker makes them (docs/adr/0014).

    `progress` says in words what is being done, `said` what prevented it. Until a year's request is settled, there can
    be no other for that year.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting for its turn"
        WORKING = "working", "Being prepared"
        DONE = "done", "Prepared"
        REFUSED = "refused", "Cannot be published"
        FAILED = "failed", "Failed: nothing was prepared"

    TO_DO = (State.WAITING, State.WORKING)

    academic_year = models.PositiveSmallIntegerField()
    because = models.CharField(max_length=300, blank=True, default="")
    coarsen = models.BooleanField(default=False, help_text="Show less rather than refuse.")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    progress = models.CharField(max_length=100, blank=True, default="", db_default="")
    said = models.TextField(blank=True, default="", db_default="")
    tries = models.PositiveSmallIntegerField(default=0, db_default=0)
    asked_at = models.DateTimeField(auto_now_add=True)
    asked_by = models.CharField(max_length=200)
    asked_by_id = models.BigIntegerField()
    finished_at = models.DateTimeField(null=True)
    release = models.ForeignKey(Release, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        # Pressed twice, or by two officers, it is still made once.
        constraints = [
            models.UniqueConstraint(
                fields=["academic_year"],
                condition=Q(state__in=["waiting", "working"]),
                name="one_request_for_statistics_of_a_year",
            )
        ]

    def __str__(self) -> str:
        return f"Request {self.pk} for {self.academic_year}"
