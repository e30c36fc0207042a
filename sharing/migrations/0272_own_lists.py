"""The class or year group that a person keeps for their home page (R33). New table; no row is changed."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from sharing.rls import protect, unprotect


class Migration(migrations.Migration):
    dependencies = [
        ("sharing", "0271_put_off_stays"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="OwnList",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year_group", models.CharField(blank=True, default="", max_length=2)),
                ("class_name", models.CharField(blank=True, default="", max_length=20)),
                (
                    "establishment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="sharing.establishment"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("person", "establishment"), name="one_own_list_each"),
                ],
            },
        ),
        migrations.RunSQL(protect("sharing_ownlist"), unprotect("sharing_ownlist")),
    ]
