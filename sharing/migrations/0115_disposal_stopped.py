"""A disposal that is stopped between two batches says so (P5). No change of the database."""

from django.db import migrations, models

from sharing.models import Disposal


class Migration(migrations.Migration):
    dependencies = [
        ("sharing", "0114_closed_once_more"),
    ]

    operations = [
        migrations.AlterField(
            model_name="disposal",
            name="state",
            field=models.CharField(choices=Disposal.State.choices, default="asked", max_length=9),
        ),
    ]
