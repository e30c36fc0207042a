"""Releases, their measures and figures, and who may read them when (R3, R16, R22)."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

from sharing.rls import protect, unprotect

AS_OWNER = "LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp"
# The door's Visit.readable_establishments in SQL: one's own and, with one of those taking part, all that take part;
# for officers all of the community.
FUNCTIONS = f"""
CREATE FUNCTION portal_readable() RETURNS SETOF bigint {AS_OWNER} AS $$
    WITH own AS (SELECT portal_establishments('view_establishment') AS id),
         taking_part AS (
            SELECT establishment_id AS id FROM sharing_participation
            WHERE starts_on <= CURRENT_DATE AND (ends_on IS NULL OR ends_on >= CURRENT_DATE))
    SELECT id FROM own
    UNION
    SELECT place.id FROM sharing_establishment AS place
    WHERE place.kind <> ''
      AND CASE WHEN portal_context(2) = 'edunet' THEN EXISTS (SELECT FROM own)
               ELSE place.id IN (SELECT id FROM taking_part)
                    AND EXISTS (SELECT FROM own JOIN taking_part USING (id)) END
$$;
CREATE FUNCTION portal_releases_out() RETURNS SETOF bigint {AS_OWNER} AS $$
    SELECT id FROM sharing_release WHERE state = 'scheduled' AND goes_out_at <= now()
$$;
GRANT EXECUTE ON FUNCTION portal_readable, portal_releases_out TO portal_app, portal_batch;
"""
NO_FUNCTIONS = "DROP FUNCTION portal_readable, portal_releases_out;"
TABLES = {
    "sharing_release": "",
    "sharing_figure": "(establishment_id IS NULL OR establishment_id = ANY (ARRAY(SELECT portal_readable()))) "
    "AND release_id = ANY (ARRAY(SELECT portal_releases_out())) "
    "AND (NOT is_small OR establishment_id = ANY (ARRAY(SELECT portal_establishments('view_pupils'))))",
}
NOT_THE_APPLICATIONS = """
REVOKE INSERT, UPDATE, DELETE ON sharing_dataset, sharing_measure, sharing_release, sharing_figure FROM portal_app;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("sharing", "0010_accuracy"),
    ]

    operations = [
        migrations.CreateModel(
            name="Dataset",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("slug", models.SlugField(unique=True)),
                ("name", models.CharField(max_length=100)),
                ("owner", models.CharField(help_text="The team that answers for it.", max_length=100)),
                (
                    "source",
                    models.CharField(help_text="Who counted, and in which return or file.", max_length=200),
                ),
                ("description", models.TextField()),
                (
                    "is_published_elsewhere",
                    models.BooleanField(
                        default=False,
                        help_text="The Department for Education has published these figures already.",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Measure",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("code", models.SlugField(unique=True)),
                ("name", models.CharField(max_length=150)),
                (
                    "unit",
                    models.CharField(
                        choices=[
                            ("percent", "per cent"),
                            ("number", "number"),
                            ("score", "score"),
                            ("points", "points"),
                            ("rate", "for each 100 pupils"),
                        ],
                        max_length=10,
                    ),
                ),
                ("decimals", models.PositiveSmallIntegerField(default=0)),
                (
                    "denominator",
                    models.CharField(help_text="Of whom: the pupils counted as the whole.", max_length=200),
                ),
                (
                    "direction",
                    models.CharField(
                        choices=[
                            ("higher", "A higher figure is better"),
                            ("lower", "A lower figure is better"),
                            ("neither", "Neither is better"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "is_outcome",
                    models.BooleanField(help_text="What pupils achieve, attend or are excluded from: never an order."),
                ),
                ("definition", models.TextField()),
                (
                    "phases",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20),
                        default=list,
                        help_text="Empty: every phase.",
                        size=None,
                    ),
                ),
                ("place", models.PositiveSmallIntegerField(default=0, help_text="Order on a page.")),
                (
                    "dataset",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="measures",
                        to="sharing.dataset",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Release",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                (
                    "academic_year",
                    models.PositiveSmallIntegerField(help_text="The calendar year in which it began."),
                ),
                ("version", models.PositiveSmallIntegerField(default=1)),
                (
                    "status",
                    models.CharField(
                        choices=[("provisional", "Provisional"), ("validated", "Validated")], max_length=12
                    ),
                ),
                ("as_of", models.DateField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("prepared", "Prepared: to be checked"),
                            ("checked", "Checked: to be scheduled"),
                            ("scheduled", "Scheduled"),
                            ("withdrawn", "Withdrawn before it came out"),
                        ],
                        default="prepared",
                        max_length=10,
                    ),
                ),
                ("goes_out_at", models.DateTimeField(null=True)),
                (
                    "because",
                    models.CharField(blank=True, help_text="Why there is a new version.", max_length=300),
                ),
                ("prepared_at", models.DateTimeField(auto_now_add=True)),
                ("prepared_by", models.CharField(max_length=200)),
                ("prepared_by_id", models.BigIntegerField(null=True)),
                ("checked_at", models.DateTimeField(null=True)),
                ("checked_by", models.CharField(blank=True, max_length=200)),
                ("checked_by_id", models.BigIntegerField(null=True)),
                ("scheduled_at", models.DateTimeField(null=True)),
                ("scheduled_by", models.CharField(blank=True, max_length=200)),
                (
                    "came_from",
                    models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to="sharing.import"),
                ),
                (
                    "dataset",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="releases",
                        to="sharing.dataset",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Figure",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("area", models.CharField(blank=True, db_default="", default="", max_length=40)),
                ("group", models.CharField(db_default="total", default="total", max_length=60)),
                ("value", models.DecimalField(decimal_places=4, max_digits=14, null=True)),
                ("symbol", models.CharField(blank=True, db_default="", default="", max_length=8)),
                ("numerator", models.IntegerField(null=True)),
                ("denominator", models.IntegerField(null=True)),
                ("is_small", models.BooleanField(db_default=False, default=False)),
                (
                    "establishment",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="sharing.establishment",
                    ),
                ),
                (
                    "measure",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="sharing.measure"
                    ),
                ),
                (
                    "release",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="figures",
                        to="sharing.release",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="release",
            constraint=models.UniqueConstraint(
                fields=("dataset", "academic_year", "version"), name="one_release_for_each_version"
            ),
        ),
        migrations.AddConstraint(
            model_name="release",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "scheduled"), _negated=True),
                    ("goes_out_at__isnull", False),
                    _connector="OR",
                ),
                name="scheduled_release_has_its_instant",
            ),
        ),
        migrations.AddConstraint(
            model_name="release",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state", "prepared"),
                    ("state", "withdrawn"),
                    ("checked_at__isnull", False),
                    _connector="OR",
                ),
                name="release_is_checked_first",
            ),
        ),
        migrations.AddConstraint(
            model_name="release",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("checked_by_id", None),
                    models.Q(("checked_by_id", models.F("prepared_by_id")), _negated=True),
                    _connector="OR",
                ),
                name="release_is_checked_by_another",
            ),
        ),
        migrations.AddIndex(
            model_name="figure",
            index=models.Index(
                condition=models.Q(("establishment", None)), fields=["area", "measure"], name="figures_of_areas"
            ),
        ),
        migrations.AddConstraint(
            model_name="figure",
            constraint=models.UniqueConstraint(
                fields=("establishment", "release", "measure", "area", "group"),
                name="one_figure_for_each_cell",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="figure",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("area__gt", ""), ("establishment", None)),
                    models.Q(("area", ""), ("establishment__isnull", False)),
                    _connector="OR",
                ),
                name="figure_of_an_establishment_or_an_area",
            ),
        ),
        migrations.AddConstraint(
            model_name="figure",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("symbol__gt", ""), ("value", None)),
                    models.Q(("symbol", ""), ("value__isnull", False)),
                    _connector="OR",
                ),
                name="figure_is_a_number_or_a_symbol",
            ),
        ),
        migrations.RunSQL(FUNCTIONS, NO_FUNCTIONS),
        migrations.RunSQL(NOT_THE_APPLICATIONS, migrations.RunSQL.noop),
        *[migrations.RunSQL(protect(table, reads_then=reads), unprotect(table)) for table, reads in TABLES.items()],
    ]
