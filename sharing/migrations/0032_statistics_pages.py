"""What statistics tell pupils apart by, and misuse of a table that names establishments (R2, R20).

Tables and dimensions name establishments: they are read by who has a place somewhere, and by nobody else.
"""

from django.db import migrations, models

from sharing.rls import replace_reads

OUT = "release_id = ANY (ARRAY(SELECT portal_releases_out()))"


class Migration(migrations.Migration):
    dependencies = [
        ("sharing", "0030_publication"),
    ]

    operations = [
        migrations.AlterField(
            model_name="misusereport",
            name="page",
            field=models.CharField(
                choices=[
                    ("key-data", "Key Data of an establishment"),
                    ("deeper", "Deeper Data of an establishment"),
                    ("reports", "A standard report of an establishment"),
                    ("establishment", "The page of an establishment"),
                    ("establishments", "The list of establishments"),
                    ("school-finder", "The School Finder"),
                    ("statistics", "A table of statistics that names establishments"),
                ],
                max_length=14,
            ),
        ),
        *[
            migrations.RunSQL(replace_reads(table), replace_reads(table, OUT))
            for table in ("sharing_statisticsdimension", "sharing_statisticstable")
        ],
    ]
