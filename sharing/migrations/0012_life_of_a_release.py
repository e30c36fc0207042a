"""Releases checked, scheduled, withdrawn and out: functions for officers, and rules that bind everybody (R16, R22)."""

from django.db import migrations, models

from sharing.rls import replace_reads
from sharing.sql import covered_figures, narrowed_lines
from sharing.sql import releases as sql

BEFORE = (
    "(establishment_id IS NULL OR establishment_id = ANY (ARRAY(SELECT portal_readable()))) "
    "AND release_id = ANY (ARRAY(SELECT portal_releases_out())) "
    "AND (NOT is_small OR establishment_id = ANY (ARRAY(SELECT portal_establishments('view_pupils'))))"
)


class Migration(migrations.Migration):
    dependencies = [
        ("sharing", "0011_releases"),
        ("access_register", "0011_heads"),  # portal_out_of_scope
    ]

    operations = [
        migrations.AddField(
            model_name="release",
            name="withdrawn_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="release",
            name="withdrawn_because",
            field=models.CharField(blank=True, db_default="", default="", max_length=300),
        ),
        migrations.AddField(
            model_name="release",
            name="withdrawn_by",
            field=models.CharField(blank=True, db_default="", default="", max_length=200),
        ),
        migrations.RunSQL(narrowed_lines.NOTHING_YET, narrowed_lines.NOTHING_ANY_MORE),
        migrations.RunSQL(sql.CREATE, migrations.RunSQL.noop),
        migrations.RunSQL(
            replace_reads("sharing_figure", covered_figures.READS_BEFORE),
            replace_reads("sharing_figure", BEFORE) + sql.DROP,
        ),
    ]
