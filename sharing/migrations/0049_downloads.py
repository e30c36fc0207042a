"""What was taken away of children and staff: files, printed pages, and what became of them (R14)."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import sharing.fields


class Migration(migrations.Migration):
    dependencies = [
        ("sharing", "0048_parity_runs"),
    ]

    operations = [
        migrations.CreateModel(
            name="Download",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("pupils", "List of pupils"),
                            ("pupil", "Record of one pupil"),
                            ("staff", "List of staff"),
                            ("moves", "Joiners and leavers"),
                            ("finding", "Data quality finding"),
                            ("register", "Access Register"),
                            ("transfer-file", "Common Transfer File"),
                        ],
                        max_length=13,
                    ),
                ),
                (
                    "form",
                    models.CharField(
                        choices=[
                            ("xlsx", "Excel workbook, encrypted"),
                            ("pdf", "PDF, encrypted"),
                            ("paper", "A page to print"),
                            ("xml", "Common Transfer File, not encrypted"),
                        ],
                        max_length=5,
                    ),
                ),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("correction", "To put records right"),
                            ("meeting", "For a meeting about a child or with parents"),
                            ("trip", "For a trip or an event"),
                            ("teaching", "To plan teaching and support"),
                            ("review", "To review who has access or how the school is staffed"),
                            ("return", "For a statutory return or an inspection"),
                            ("safeguarding", "To keep a child safe"),
                            ("transfer", "To send a child's record to the next school"),
                        ],
                        max_length=12,
                    ),
                ),
                ("by_person_id", models.BigIntegerField()),
                ("by_name", models.CharField(max_length=200)),
                ("through", models.CharField(max_length=20)),
                ("asked_at", models.DateTimeField(auto_now_add=True)),
                ("dispose_by", models.DateField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting to be made"),
                            ("making", "Being made"),
                            ("ready", "Ready to collect"),
                            ("collected", "Collected"),
                            ("lapsed", "Not collected, deleted"),
                            ("failed", "Could not be made"),
                        ],
                        max_length=9,
                    ),
                ),
                ("tries", models.PositiveSmallIntegerField(db_default=0, default=0)),
                ("progress", models.PositiveSmallIntegerField(db_default=0, default=0, help_text="Per cent.")),
                ("rows", models.PositiveIntegerField(db_default=0, default=0)),
                ("size", models.PositiveIntegerField(db_default=0, default=0)),
                ("made_at", models.DateTimeField(null=True)),
                ("collected_at", models.DateTimeField(null=True)),
                ("disposed_at", models.DateTimeField(null=True)),
                (
                    "disposed_how",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("deleted", "Deleted from every place I kept it, and from the recycle bin"),
                            ("shredded", "Shredded"),
                            ("both", "The file is deleted, and what was printed is shredded"),
                            ("handed-on", "Sent to the school it was made for, and deleted here"),
                            ("never-had", "It never reached me or I could not open it"),
                        ],
                        db_default="",
                        default="",
                        max_length=9,
                    ),
                ),
                ("reminded_on", models.DateField(null=True)),
                (
                    "establishment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="sharing.establishment"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="DownloadSecret",
            fields=[
                (
                    "of",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="secret",
                        serialize=False,
                        to="sharing.download",
                    ),
                ),
                ("asked", sharing.fields.EncryptedTextField(editable=True, null=True)),
                ("passphrase", sharing.fields.EncryptedTextField(editable=True, null=True)),
                (
                    "year_groups",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=2), db_default=[], default=list, size=None
                    ),
                ),
                (
                    "withheld",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20), db_default=[], default=list, size=None
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="DownloadPiece",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField()),
                ("sealed", models.BinaryField()),
                (
                    "of",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="pieces", to="sharing.download"
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="download",
            index=models.Index(fields=["by_person_id", "asked_at"], name="sharing_dow_by_pers_b724a7_idx"),
        ),
        migrations.AddIndex(
            model_name="download",
            index=models.Index(
                condition=models.Q(("disposed_at", None), ("state", "collected")),
                fields=["dispose_by"],
                name="downloads_kept",
            ),
        ),
        migrations.AddIndex(
            model_name="download",
            index=models.Index(
                condition=models.Q(("state__in", ["waiting", "making", "ready"])),
                fields=["asked_at"],
                name="downloads_here",
            ),
        ),
        migrations.AddConstraint(
            model_name="download",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("collected_at__isnull", False), ("state", "collected")),
                    models.Q(
                        models.Q(("state", "collected"), _negated=True), ("collected_at", None), ("disposed_at", None)
                    ),
                    _connector="OR",
                ),
                name="download_collected_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="download",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("disposed_at", None), ("disposed_how", "")),
                    models.Q(("disposed_at__isnull", False), models.Q(("disposed_how", ""), _negated=True)),
                    _connector="OR",
                ),
                name="download_destroyed_somehow",
            ),
        ),
        migrations.AddConstraint(
            model_name="downloadpiece",
            constraint=models.UniqueConstraint(fields=("of", "number"), name="one_piece_of_a_download_at_a_place"),
        ),
    ]
