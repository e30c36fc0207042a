"""Reports of breaches that others look at, and who may not close or judge them (P17, R41). Columns, no row changed."""

import django.contrib.postgres.fields
from django.db import migrations, models

from access_register.breaches import others_sql, roles_sql, sanctions_sql, steps_sql
from access_register.models import BreachStep

FUNCTIONS = (
    roles_sql.MANAGERS,
    roles_sql.MAY_SIT,
    roles_sql.ROLES,
    steps_sql.REFER,
    steps_sql.DESK,
    steps_sql.VOTE,
    steps_sql.PEOPLE,
    others_sql.CREATE,
    sanctions_sql.BACK,
    sanctions_sql.ENACT,
    "REVOKE ALL ON FUNCTION access_register_about_to_end, access_register_bring_back FROM PUBLIC;",
)


class Migration(migrations.Migration):
    dependencies = [
        ("access_register", "0095_nobody_beside_them"),
        ("sharing", "0103_subject_access"),
    ]

    operations = [
        migrations.AddField(
            model_name="breach",
            name="asked_again_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="breach",
            name="closed_by",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(), db_default=[], default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="breach",
            name="clock_told_at",
            field=models.DateTimeField(help_text="When the desk was told that the 72 hours run out soon.", null=True),
        ),
        migrations.AddField(
            model_name="breach",
            name="run_out_told_at",
            field=models.DateTimeField(help_text="When the desk was told that they have run out.", null=True),
        ),
        migrations.AddField(
            model_name="sanction",
            name="ended",
            field=models.JSONField(null=True),
        ),
        migrations.AlterField(
            model_name="breachstep",
            name="what",
            field=models.CharField(choices=BreachStep.What.choices, max_length=9),
        ),
        migrations.RunSQL("".join(FUNCTIONS), others_sql.DROP),
        migrations.RunSQL("DROP FUNCTION IF EXISTS portal_breaches_waiting;", migrations.RunSQL.noop),
    ]
