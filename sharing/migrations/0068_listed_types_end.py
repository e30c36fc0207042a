"""A listed type can come off the list from a day (A2). The table holds a handful of rows."""

from django.db import migrations, models

from sharing.sql import community


class Migration(migrations.Migration):
    dependencies = [("sharing", "0067_closings_lapse")]

    operations = [
        migrations.AddField(
            "listedtype", "ends_on", models.DateField(null=True, help_text="The last day on which it counts.")
        ),
        migrations.AddField(
            "listedtype", "ended_reason", models.CharField(max_length=300, blank=True, default="", db_default="")
        ),
        migrations.AddField(
            "listedtype", "ended_by_name", models.CharField(max_length=200, blank=True, default="", db_default="")
        ),
        migrations.AlterField("listedtype", "type_code", models.PositiveSmallIntegerField()),
        migrations.AddConstraint(
            "listedtype",
            models.UniqueConstraint(
                fields=["type_code"], condition=models.Q(ends_on=None), name="type_listed_once_at_a_time"
            ),
        ),
        migrations.RunSQL(
            community.LIST_TYPE_AGAIN + community.END_TYPE,
            "DROP FUNCTION sharing_end_type;"
            + community.LIST_TYPE.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"),
        ),
    ]
