"""Indexes for what a person holds, made while the table is in use."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("sharing", "0016_holdings")]

    operations = [
        AddIndexConcurrently(
            "establishmentpermission",
            models.Index(
                fields=["user", "permission"],
                include=["content_object", "through", "starts_on", "ends_on"],
                name="held_by_a_person",
            ),
        ),
        AddIndexConcurrently(
            "establishmentpermission",
            models.Index(
                fields=["user"], name="narrowed_for_a_person", condition=models.Q(("year_groups", []), _negated=True)
            ),
        ),
    ]
