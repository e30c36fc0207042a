"""The outbox (docs/adr/0034): e-mails are written with what they tell, and the worker posts them. A new table only; the
operations page counts it too, and adds up what was given up within a day."""

import uuid

import django.utils.timezone
from django.db import migrations, models

import sharing.fields
from sharing.rls import protect, unprotect
from sharing.sql.service import ADDED_UP, LETTERS_COUNTED, LETTERS_NOT_COUNTED

TABLE = "access_register_waitingletter"
ADDED_ONLY = f"REVOKE ALL ON {TABLE} FROM portal_app; GRANT INSERT ON {TABLE} TO portal_app;"


class Migration(migrations.Migration):
    dependencies = [
        ("access_register", "0125_told_by_the_panel"),
        ("sharing", "0131_asked_once_in_a_visit"),
    ]

    operations = [
        migrations.CreateModel(
            name="WaitingLetter",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "content",
                    sharing.fields.EncryptedTextField(
                        editable=True, help_text="To whom, subject, text and HTML: JSON.", null=True
                    ),
                ),
                ("written_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("tries", models.PositiveSmallIntegerField(default=0, help_text="In vain.")),
                ("next_try_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={"indexes": [models.Index(fields=["written_at"], name="oldest_letter_first")]},
        ),
        migrations.RunSQL(protect(TABLE), unprotect(TABLE)),
        migrations.RunSQL(ADDED_ONLY, migrations.RunSQL.noop),
        migrations.RunSQL(LETTERS_COUNTED, LETTERS_NOT_COUNTED),
        migrations.RunSQL(ADDED_UP, migrations.RunSQL.noop),
    ]
