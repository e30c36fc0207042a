"""What is known about establishments in figures: measures, and the releases that publish them (R22, R29, R31).

A release is prepared, checked by somebody else, scheduled, and then seen by everybody at the same instant. A later
version supersedes the earlier one and overwrites nothing. A release that is out can be stopped at once: then nobody
reads its figures, until another person shows them again or a later version comes out (docs/adr/0042).
"""

from collections.abc import Iterable

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import TransactionNow
from django.db import models
from django.db.models import Exists, OuterRef, Q

from sharing.models.among import numbers
from sharing.models.establishments import Establishment
from sharing.models.ordered import OrderedByContext


class Dataset(models.Model):
    """A stream of releases: what it is, who owns it, and where it comes from."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=100)
    owner = models.CharField(max_length=100, help_text="The team that answers for it.")
    source = models.CharField(max_length=200, help_text="Who counted, and in which return or file.")
    description = models.TextField()
    is_published_elsewhere = models.BooleanField(
        default=False, help_text="The Department for Education has published these figures already."
    )

    def __str__(self) -> str:
        return self.name


class Measure(models.Model):
    """One thing that is measured, the same in every release. An outcome never orders a list of establishments (R29)."""

    class Unit(models.TextChoices):
        PERCENT = "percent", "per cent"
        NUMBER = "number", "number"
        SCORE = "score", "score"
        POINTS = "points", "points"
        RATE = "rate", "for each 100 pupils"

    class Direction(models.TextChoices):
        HIGHER = "higher", "A higher figure is better"
        LOWER = "lower", "A lower figure is better"
        NEITHER = "neither", "Neither is better"

    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="measures")
    code = models.SlugField(unique=True)
    name = models.CharField(max_length=150)
    unit = models.CharField(max_length=10, choices=Unit)
    decimals = models.PositiveSmallIntegerField(default=0)
    denominator = models.CharField(max_length=200, help_text="Of whom: the pupils counted as the whole.")
    direction = models.CharField(max_length=10, choices=Direction)
    is_outcome = models.BooleanField(help_text="What pupils achieve, attend or are excluded from: never an order.")
    definition = models.TextField()
    phases = ArrayField(models.CharField(max_length=20), default=list, help_text="Empty: every phase.")
    place = models.PositiveSmallIntegerField(default=0, help_text="Order on a page.")

    def __str__(self) -> str:
        return self.code


class ReleaseQuerySet(models.QuerySet["Release"]):
    def out(self) -> "ReleaseQuerySet":
        """Scheduled releases whose instant has come, by the same clock as row-level security (R22)."""
        return self.filter(state=Release.State.SCHEDULED, goes_out_at__lte=TransactionNow())

    def came_out(self) -> "ReleaseQuerySet":
        """Those that have come out, including any stopped since, because their numbers are known (R11)."""
        return self.filter(goes_out_at__lte=TransactionNow())

    def stopped(self) -> "ReleaseQuerySet":
        """Those whose figures nobody can read now, although they have come out."""
        return self.filter(state=Release.State.STOPPED)

    def unreplaced(self) -> "ReleaseQuerySet":
        """Those without a later version that is out."""
        same = Release.objects.out().filter(dataset=OuterRef("dataset"), academic_year=OuterRef("academic_year"))
        return self.exclude(Exists(same.filter(version__gt=OuterRef("version"))))

    def current(self) -> "ReleaseQuerySet":
        """For each dataset and year, the newest version that is out."""
        return self.out().order_by("dataset", "academic_year", "-version").distinct("dataset", "academic_year")

    def to_be_checked_by(self, person_id: int) -> "ReleaseQuerySet":
        """Those prepared by the service or by somebody else: nobody checks what they prepared (R22)."""
        prepared = self.filter(state=Release.State.PREPARED)
        return prepared.filter(Q(prepared_by_id=None) | ~Q(prepared_by_id=person_id))

    def knowing_if_out(self) -> "ReleaseQuerySet":
        """Each with `is_out`, by the clock of the database."""
        is_out = Q(state=Release.State.SCHEDULED) & Q(goes_out_at__lte=TransactionNow())
        return self.annotate(is_out=models.ExpressionWrapper(is_out, models.BooleanField()))


class Release(models.Model):
    """Figures of one dataset for one academic year, in one version."""

    class Status(models.TextChoices):
        PROVISIONAL = "provisional", "Provisional"
        VALIDATED = "validated", "Validated"

    class State(models.TextChoices):
        PREPARED = "prepared", "Prepared: to be checked"
        CHECKED = "checked", "Checked: to be scheduled"
        SCHEDULED = "scheduled", "Scheduled"
        WITHDRAWN = "withdrawn", "Withdrawn before it came out"
        STOPPED = "stopped", "Stopped after it came out"

    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="releases")
    academic_year = models.PositiveSmallIntegerField(help_text="The calendar year in which it began.")
    version = models.PositiveSmallIntegerField(default=1)
    status = models.CharField(max_length=12, choices=Status)
    as_of = models.DateField()
    state = models.CharField(max_length=10, choices=State, default=State.PREPARED)
    goes_out_at = models.DateTimeField(null=True)
    because = models.CharField(max_length=300, blank=True, help_text="Why there is a new version.")
    prepared_at = models.DateTimeField(auto_now_add=True)
    prepared_by = models.CharField(max_length=200)
    prepared_by_id = models.BigIntegerField(null=True)
    checked_at = models.DateTimeField(null=True)
    checked_by = models.CharField(max_length=200, blank=True)
    checked_by_id = models.BigIntegerField(null=True)
    scheduled_at = models.DateTimeField(null=True)
    scheduled_by = models.CharField(max_length=200, blank=True)
    # The day that the calendar first gave, where it was not kept, and why it was put off.
    announced_for = models.DateTimeField(null=True)
    put_off_because = models.CharField(max_length=300, blank=True, default="", db_default="")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=200, blank=True, default="", db_default="")
    withdrawn_because = models.CharField(max_length=300, blank=True, default="", db_default="")
    stopped_at = models.DateTimeField(null=True)
    stopped_by = models.CharField(max_length=200, blank=True, default="", db_default="")
    stopped_by_id = models.BigIntegerField(null=True)
    stopped_because = models.CharField(max_length=300, blank=True, default="", db_default="")
    came_from = models.ForeignKey("sharing.Import", on_delete=models.PROTECT, null=True)
    # Absence, for a year whose first version came out before only pupils aged 5 to 15 were counted
    # (counted_attendance).
    of_all_ages = models.BooleanField(default=False, db_default=False)

    objects = ReleaseQuerySet.as_manager()

    # Added by `knowing_if_out`.
    is_out: bool | None

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dataset", "academic_year", "version"], name="one_release_for_each_version"
            ),
            models.CheckConstraint(
                condition=~Q(state="scheduled") | Q(goes_out_at__isnull=False), name="scheduled_release_has_its_instant"
            ),
            models.CheckConstraint(
                condition=Q(state="prepared") | Q(state="withdrawn") | Q(checked_at__isnull=False),
                name="release_is_checked_first",
            ),
            models.CheckConstraint(
                condition=Q(checked_by_id=None) | ~Q(checked_by_id=models.F("prepared_by_id")),
                name="release_is_checked_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dataset_id} {self.academic_year} version {self.version}"


class FigureQuerySet(OrderedByContext, models.QuerySet["Figure"]):
    """Figures, never ordered by their values (R29)."""

    orders = frozenset(
        {"pk", "id", "area", "group", "establishment", "establishment__name", "establishment__urn"}
        | {"release", "release__academic_year", "release__version", "release__dataset"}
        | {"measure", "measure__code", "measure__place"}
    )

    def of_everybody(self) -> "FigureQuerySet":
        """Those of all pupils, not of a group of them."""
        return self.filter(group="total")

    def of(self, releases: ReleaseQuerySet) -> "FigureQuerySet":
        return self.filter(release__pk__among=numbers(releases))

    def of_establishments(self, ids: Iterable[int]) -> "FigureQuerySet":
        return self.filter(establishment__in=ids)

    def of_areas(self, areas: Iterable[str]) -> "FigureQuerySet":
        return self.filter(establishment=None, area__in=areas)

    def published_elsewhere(self) -> "FigureQuerySet":
        """Those of datasets that the Department for Education has already published."""
        return self.filter(release__dataset__is_published_elsewhere=True)

    def small_only_at(self, ids: Iterable[int]) -> "FigureQuerySet":
        """Without figures that only those who see the pupils may know, except at these establishments.

        Those are figures of fewer than ten children, and exact numbers that a protected one has replaced.
        """
        return self.knowing_if_covered().filter(Q(is_small=False, is_covered=False) | Q(establishment__in=ids))

    def knowing_if_covered(self) -> "FigureQuerySet":
        """Each with `is_covered`: a protected number for its establishment, measure and year has come out."""
        read = Release.objects.came_out().values_list("pk")
        return self.annotate(is_covered=models.ExpressionWrapper(Q(covered_by__overlap=read), models.BooleanField()))

    def in_order(self) -> "FigureQuerySet":
        """By measure as on a page, then by year; establishments by URN, then areas. Never by value."""
        return self.order_by("measure__place", "release__academic_year", "establishment__urn", "area", "group")


class Figure(models.Model):
    """One number of a release: a measure, for an establishment or an area, for a group of pupils.

    `area` is empty for an establishment; else authority, region, england, locality:7 or phase:primary. `group` is total
    or says which pupils, as sex:F or sex:F|fsm:Y. A figure that is not a number has its `symbol` as the source wrote it
    (SUPP, NE, c ...) and no value: never 0. `is_small`: computed here from fewer than ten children; only those who may
    see the establishment's pupils see it. `covered_by`: releases of open statistics with a protected number in its
    place; once one of them has come out, only the same people see this one (sharing/sql/covered_figures.sql writes it).
    """

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="figures")
    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="+")
    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, null=True, related_name="+")
    area = models.CharField(max_length=40, blank=True, default="", db_default="")
    group = models.CharField(max_length=60, default="total", db_default="total")
    value = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    symbol = models.CharField(max_length=8, blank=True, default="", db_default="")
    numerator = models.IntegerField(null=True)
    denominator = models.IntegerField(null=True)
    is_small = models.BooleanField(default=False, db_default=False)
    covered_by = ArrayField(models.BigIntegerField(), default=list, db_default=[])

    objects = FigureQuerySet.as_manager()

    # Added by `knowing_if_covered`.
    is_covered: bool

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["establishment", "release", "measure", "area", "group"],
                name="one_figure_for_each_cell",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(establishment=None, area__gt="") | Q(establishment__isnull=False, area=""),
                name="figure_of_an_establishment_or_an_area",
            ),
            models.CheckConstraint(
                condition=Q(value=None, symbol__gt="") | Q(value__isnull=False, symbol=""),
                name="figure_is_a_number_or_a_symbol",
            ),
        ]
        indexes = [models.Index(fields=["area", "measure"], condition=Q(establishment=None), name="figures_of_areas")]

    def __str__(self) -> str:
        return f"Figure {self.pk}"
