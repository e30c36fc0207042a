"""A list of establishments is read out of an index of their names as they are put in order. No row is changed."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

from sharing.models.plain import in_order_of


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("sharing", "0168_left_before_closed")]

    operations = [
        AddIndexConcurrently(
            "establishment", models.Index(*in_order_of("name"), "urn", name="establishments_in_order")
        ),
    ]
