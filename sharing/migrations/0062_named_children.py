"""Single children opened for a person, wherever they are on roll (R9, R18): a table, and policies that read it."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

from sharing.rls import protect, replace_reads, unprotect
from sharing.sql import named_children

OF_A_KIND = ("pupilneeds", "senneed", "attendance", "suspension", "result", "homeaddress", "contact")


class Migration(migrations.Migration):
    dependencies = [
        ("sharing", "0057_support"),
    ]

    operations = [
        migrations.CreateModel(
            name="NamedChild",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("person_id", models.BigIntegerField()),
                ("person_name", models.CharField(max_length=200)),
                ("through", models.CharField(max_length=20)),
                (
                    "withheld",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20), db_default=[], default=list, size=None
                    ),
                ),
                ("source", models.CharField(max_length=40)),
                (
                    "reason",
                    models.CharField(
                        help_text="Why the person sees the child, in words the person can read.", max_length=500
                    ),
                ),
                ("head_barred", models.BooleanField(default=False)),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField(help_text="The last day it opens anything.")),
                ("ended_at", models.DateTimeField(help_text="Ended before its time.", null=True)),
                ("named_by_name", models.CharField(max_length=200)),
                ("named_at", models.DateTimeField(auto_now_add=True)),
                (
                    "child",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="sharing.child"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("ended_at", None)), fields=["person_id"], name="children_named_for_a_person"
                    ),
                    models.Index(fields=["source"], name="children_named_by_a_source"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)), fields=("child", "source"), name="child_named_once"
                    )
                ],
            },
        ),
        migrations.RunSQL(named_children.CREATE, named_children.DROP),
        migrations.RunSQL(protect("sharing_namedchild"), unprotect("sharing_namedchild")),
        *[
            migrations.RunSQL(replace_reads(f"sharing_{table}"), migrations.RunSQL.noop)
            for table in (*OF_A_KIND, "ledgerentry")
        ],
    ]
