"""Types of establishment that an officer has listed, and children's centres entered by hand (R4, A2). A new table only."""

from django.db import migrations, models

from sharing.models.establishments import Kind
from sharing.sql import community


class Migration(migrations.Migration):
    dependencies = [
        ("sharing", "0044_localities"),
    ]

    operations = [
        migrations.CreateModel(
            name="ListedType",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("type_code", models.PositiveSmallIntegerField(unique=True)),
                ("kind", models.CharField(choices=Kind.choices, max_length=20)),
                ("reason", models.CharField(max_length=300)),
                ("decided_on", models.DateField()),
                ("recorded_by_name", models.CharField(max_length=200)),
                ("recorded_at", models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.RunSQL(community.CREATE, community.DROP),
    ]
