"""Requests for a child's own records, and who looked (R18): a table, its steps, and a kind of download."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import sharing.fields
from sharing.rls import protect, unprotect
from sharing.sql import subject_access


class Migration(migrations.Migration):
    dependencies = [
        ("sharing", "0101_few_without_special_needs"),
    ]

    operations = [
        migrations.AlterField(
            model_name="download",
            name="kind",
            field=models.CharField(
                choices=[
                    ("pupils", "List of pupils"),
                    ("pupil", "Record of one pupil"),
                    ("staff", "List of staff"),
                    ("member", "Record of one member of staff"),
                    ("moves", "Joiners and leavers"),
                    ("finding", "Data quality finding"),
                    ("register", "Access Register"),
                    ("subject", "Answer to a subject access request"),
                    ("transfer-file", "Common Transfer File"),
                ],
                max_length=13,
            ),
        ),
        migrations.AlterField(
            model_name="download",
            name="purpose",
            field=models.CharField(
                choices=[
                    ("correction", "To put records right"),
                    ("meeting", "For a meeting about a child or with parents"),
                    ("trip", "For a trip or an event"),
                    ("teaching", "To plan teaching and support"),
                    ("review", "To review who has access or how the school is staffed"),
                    ("return", "For a statutory return or an inspection"),
                    ("safeguarding", "To keep a child safe"),
                    ("transfer", "To send a child's record to the next school"),
                    ("subject", "To answer a subject access request"),
                ],
                max_length=12,
            ),
        ),
        migrations.CreateModel(
            name="SubjectRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("through", models.CharField(max_length=20)),
                (
                    "asks",
                    models.CharField(
                        choices=[
                            ("child", "The child, or the adult that the child has become"),
                            ("parent", "A parent, or who has parental responsibility"),
                            ("carer", "A carer"),
                            ("agent", "Somebody who acts for them, with their written authority"),
                        ],
                        max_length=6,
                    ),
                ),
                (
                    "requester",
                    sharing.fields.EncryptedTextField(editable=True, help_text="Who asks, by name.", null=True),
                ),
                (
                    "identity",
                    models.CharField(
                        choices=[
                            ("known", "Known to us in person"),
                            ("photo", "A passport, a driving licence or another document with a photograph"),
                            ("papers", "Two documents with name and address"),
                            ("authority", "Written authority, and the identity of both"),
                        ],
                        max_length=9,
                    ),
                ),
                ("received_on", models.DateField()),
                ("due_on", models.DateField()),
                ("extended_because", sharing.fields.EncryptedTextField(editable=True, null=True)),
                ("refused_because", sharing.fields.EncryptedTextField(editable=True, null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("answered", "Answered"), ("refused", "Refused")],
                        db_default="open",
                        default="open",
                        max_length=8,
                    ),
                ),
                ("recorded_by_id", models.BigIntegerField()),
                ("recorded_by_name", models.CharField(max_length=200)),
                (
                    "recorded_at",
                    models.DateTimeField(auto_now_add=True, db_default=django.db.models.functions.datetime.Now()),
                ),
                ("settled_at", models.DateTimeField(null=True)),
                ("settled_by_name", models.CharField(blank=True, db_default="", default="", max_length=200)),
                (
                    "child",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="sharing.child"
                    ),
                ),
                (
                    "establishment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="sharing.establishment"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("settled_at", None), ("state", "open")),
                            models.Q(models.Q(("state", "open"), _negated=True), ("settled_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="subject_request_is_settled",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("due_on__gt", models.F("received_on"))), name="subject_request_is_due_later"
                    ),
                ],
            },
        ),
        migrations.RunSQL(subject_access.CREATE, subject_access.DROP),
        migrations.RunSQL(protect("sharing_subjectrequest"), unprotect("sharing_subjectrequest")),
    ]
