"""Notices of the termly review: under row-level security, and out of the web application's reach."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from sharing.rls import protect, unprotect

TABLE = "access_register_reviewnotice"


class Migration(migrations.Migration):
    dependencies = [
        ("access_register", "0009_invitations"),
        ("sharing", "0003_narrowing"),
    ]

    operations = [
        migrations.CreateModel(
            name="ReviewNotice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("review_reminder", "Lines to confirm"),
                            ("review_result", "What became of lines that were not confirmed"),
                            ("review_changed", "To the person whose line it was"),
                        ],
                        max_length=20,
                    ),
                ),
                ("due_on", models.DateField(help_text="The last day of the review that it is about.")),
                ("days_before", models.PositiveSmallIntegerField(default=0, help_text="Of a reminder: 14, 7 or 1.")),
                ("about", models.JSONField(help_text="What its templates say. Nothing about a child.")),
                ("written_at", models.DateTimeField(auto_now_add=True)),
                ("sent_at", models.DateTimeField(null=True)),
                (
                    "establishment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="sharing.establishment"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("sent_at", None)), fields=["written_at"], name="notices_to_send")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("establishment", "person", "kind", "due_on", "days_before"), name="each_notice_once"
                    )
                ],
            },
        ),
        migrations.RunSQL(protect(TABLE), unprotect(TABLE)),
        migrations.RunSQL(f"REVOKE ALL ON {TABLE} FROM portal_app", migrations.RunSQL.noop),
    ]
