"""Advice and guidance that officers write, for anybody to read (R37; docs/adr/0044). New tables; no row is changed."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from sharing.sql.advice import CREATE, DROP


class Migration(migrations.Migration):
    dependencies = [
        ("sharing", "0275_advice_is_no_misuse"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AdvicePage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(max_length=60, unique=True)),
                ("form_key", models.UUIDField(default=uuid.uuid4, unique=True)),
            ],
        ),
        migrations.CreateModel(
            name="AdviceVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("waiting", "Waits for agreement"),
                            ("published", "Published"),
                            ("replaced", "Replaced by a later version"),
                            ("taken_down", "Taken down"),
                            ("discarded", "Discarded before it was published"),
                        ],
                        default="draft",
                        max_length=10,
                    ),
                ),
                ("edits", models.PositiveIntegerField(default=1)),
                ("title", models.CharField(max_length=100)),
                ("summary", models.CharField(max_length=200)),
                ("owner", models.CharField(max_length=100)),
                ("text", models.TextField()),
                ("review_on", models.DateField()),
                ("published_at", models.DateTimeField(null=True)),
                (
                    "page",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="sharing.advicepage"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AdviceStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("written", "Written"),
                            ("asked", "Agreement asked for"),
                            ("handed_back", "Handed back"),
                            ("published", "Agreed and published"),
                            ("taken_down", "Taken down"),
                            ("discarded", "Discarded"),
                        ],
                        max_length=11,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("by_id", models.BigIntegerField()),
                ("by_name", models.CharField(max_length=200)),
                ("because", models.CharField(blank=True, db_default="", default="", max_length=300)),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="sharing.adviceversion"
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="adviceversion",
            constraint=models.UniqueConstraint(fields=("page", "number"), name="advice_versions_are_numbered"),
        ),
        migrations.AddConstraint(
            model_name="adviceversion",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "published")), fields=("page",), name="one_advice_is_out"
            ),
        ),
        migrations.AddConstraint(
            model_name="adviceversion",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["draft", "waiting"])), fields=("page",), name="one_advice_is_in_hand"
            ),
        ),
        migrations.AddConstraint(
            model_name="adviceversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("published_at__isnull", False), ("state__in", ["published", "replaced", "taken_down"])),
                    models.Q(("published_at", None), ("state__in", ["draft", "waiting", "discarded"])),
                    _connector="OR",
                ),
                name="advice_is_out_since",
            ),
        ),
        migrations.AddIndex(
            model_name="advicestep",
            index=models.Index(fields=["version", "at"], name="steps_of_advice"),
        ),
        migrations.RunSQL(CREATE, DROP),
    ]
