"""The officer who is asked about an opened record writes why, beside it (R18). New table; no row is changed."""

import django.db.models.deletion
from django.db import migrations, models

import sharing.fields
from sharing.rls import protect, unprotect
from sharing.sql import overrides

MARK = models.CharField(
    blank=True,
    choices=[("explained", "Explained"), ("asked", "Asked to explain"), ("answered", "Asked and answered")],
    db_default="",
    default="",
    max_length=10,
)


class Migration(migrations.Migration):
    dependencies = [("sharing", "0131_asked_once_in_a_visit")]

    operations = [
        migrations.AlterField("opening", "head_mark", MARK),
        migrations.AlterField("opening", "manager_mark", MARK),
        migrations.CreateModel(
            name="Explanation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", sharing.fields.EncryptedTextField(editable=True, null=True)),
                ("at", models.DateTimeField()),
                (
                    "establishment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="sharing.establishment"
                    ),
                ),
                (
                    "opening",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="explanations", to="sharing.opening"
                    ),
                ),
            ],
            options={"ordering": ["at", "id"]},
        ),
        migrations.RunSQL(overrides.EXPLAIN, overrides.EXPLAIN_NO_MORE),
        migrations.RunSQL(protect("sharing_explanation"), unprotect("sharing_explanation")),
    ]
