"""Who raised a challenge takes it back while it waits for an answer (P9, R23). No row is changed."""

from django.db import migrations, models
from django.db.models import Q

import sharing.fields
from sharing.sql import accuracy

SETTLED = "challenge_answered_with_an_outcome"


class Migration(migrations.Migration):
    dependencies = [("sharing", "0133_explained_by_the_officer")]

    operations = [
        migrations.AlterField(
            "challenge",
            "state",
            models.CharField(
                choices=[
                    ("open", "Waiting for an answer"),
                    ("passed_on", "Passed on to the data team"),
                    ("answered", "Answered"),
                    ("withdrawn", "Taken back"),
                ],
                db_default="open",
                default="open",
                max_length=9,
            ),
        ),
        migrations.AlterField(
            "challenge",
            "answered_at",
            models.DateTimeField(help_text="When it was answered, or taken back.", null=True),
        ),
        migrations.AddField(
            "challenge", "withdrawn_because", sharing.fields.EncryptedTextField(editable=True, null=True)
        ),
        migrations.RemoveConstraint("challenge", SETTLED),
        migrations.AddConstraint(
            "challenge",
            models.CheckConstraint(
                condition=Q(state="answered", answered_at__isnull=False) & ~Q(outcome="")
                | Q(state="withdrawn", answered_at__isnull=False, outcome="")
                | Q(state__in=["open", "passed_on"], outcome="", answered_at=None),
                name=SETTLED,
            ),
        ),
        migrations.RunSQL(accuracy.TAKE_BACK, accuracy.TAKE_BACK_NO_MORE),
    ]
