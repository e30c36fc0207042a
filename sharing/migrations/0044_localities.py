"""An establishment goes to another Locality on a day, by an officer who may say so (R28, A11). A new table only."""

import django.db.models.deletion
from django.db import migrations, models

from sharing.sql import localities


class Migration(migrations.Migration):
    dependencies = [
        ("sharing", "0040_overrides"),
    ]

    operations = [
        migrations.CreateModel(
            name="LocalityMove",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("on", models.DateField(help_text="The first day in the new Locality.")),
                (
                    "stretch_was_to_end_on",
                    models.DateField(help_text="The last day in the former, before this move.", null=True),
                ),
                ("reason", models.CharField(max_length=300)),
                ("recorded_by_id", models.BigIntegerField()),
                ("recorded_by_name", models.CharField(max_length=200)),
                ("recorded_at", models.DateTimeField(auto_now_add=True)),
                ("taken_back_at", models.DateTimeField(null=True)),
                ("taken_back_by_name", models.CharField(blank=True, db_default="", default="", max_length=200)),
                (
                    "establishment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="moves",
                        to="sharing.establishment",
                    ),
                ),
                (
                    "from_locality",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="sharing.locality",
                    ),
                ),
                (
                    "to_locality",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="sharing.locality"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["establishment", "on"], name="sharing_loc_establi_7b6505_idx")],
            },
        ),
        migrations.RunSQL(localities.CREATE, localities.DROP),
    ]
