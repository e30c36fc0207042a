"""Confidential items, their files and the consents to them (P11, R26 to R28). New tables only."""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import sharing.fields


class Migration(migrations.Migration):
    dependencies = [
        ("sharing", "0022_reports_of_misuse"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="establishment",
            options={
                "permissions": [
                    ("view_pupils", "Can see pupil information"),
                    ("view_staff", "Can see staff information"),
                    ("manage_register", "Can see and keep the Access Register"),
                    ("keep_records", "Can bring in files, arrange transfers and answer challenges"),
                    ("view_restricted", "Can see and keep the confidential items of an establishment"),
                ]
            },
        ),
        migrations.CreateModel(
            name="RestrictedItem",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("prioritisation", "Prioritisation level"),
                            ("bespoke", "Bespoke analysis"),
                            ("commissioned", "Commissioned analysis"),
                        ],
                        max_length=14,
                    ),
                ),
                ("title", sharing.fields.EncryptedTextField(editable=True, null=True)),
                ("words", sharing.fields.EncryptedTextField(editable=True, null=True)),
                ("figures", sharing.fields.EncryptedTextField(editable=True, null=True)),
                ("academic_year", models.PositiveSmallIntegerField(help_text="The year in which it begins.")),
                ("owner", models.CharField(help_text="The team that answers for it.", max_length=100)),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField(help_text="The last day on which it is seen.", null=True)),
                (
                    "level_1_only",
                    models.BooleanField(
                        default=False, help_text="The head has narrowed it at the establishment (A10)."
                    ),
                ),
                ("added_by_id", models.BigIntegerField(null=True)),
                ("added_by_name", models.CharField(max_length=200)),
                ("added_at", models.DateTimeField(auto_now_add=True)),
                ("withdrawn_at", models.DateTimeField(null=True)),
                ("withdrawn_by_name", models.CharField(blank=True, default="", max_length=200)),
                (
                    "establishment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="sharing.establishment"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RestrictedFile",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("name", sharing.fields.EncryptedTextField(editable=True, null=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[("pdf", "PDF"), ("xlsx", "Excel workbook"), ("csv", "CSV")], max_length=4
                    ),
                ),
                ("size", models.PositiveIntegerField(help_text="In bytes.")),
                ("sha256", models.CharField(max_length=64)),
                ("content", models.BinaryField()),
                ("added_by_name", models.CharField(max_length=200)),
                ("added_at", models.DateTimeField(auto_now_add=True)),
                (
                    "establishment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="sharing.establishment"
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="files", to="sharing.restricteditem"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Consent",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "recipients",
                    models.CharField(
                        choices=[
                            ("establishments", "Establishments that you name"),
                            ("locality", "All establishments of a Locality"),
                            ("community", "Everyone in the community"),
                        ],
                        max_length=14,
                    ),
                ),
                (
                    "to_establishments",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField()),
                ("given_by_id", models.BigIntegerField()),
                ("given_by_name", models.CharField(max_length=200)),
                ("given_at", models.DateTimeField(auto_now_add=True)),
                ("stands_for_id", models.BigIntegerField()),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("withdrawn_at", models.DateTimeField(null=True)),
                ("withdrawn_by_name", models.CharField(blank=True, default="", max_length=200)),
                (
                    "establishment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="sharing.establishment"
                    ),
                ),
                (
                    "to_locality",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="sharing.locality"
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="consents",
                        to="sharing.restricteditem",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="restricteditem",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_on", None), ("ends_on__gte", models.F("starts_on")), _connector="OR"),
                name="item_ends_after_start",
            ),
        ),
        migrations.AddConstraint(
            model_name="restricteditem",
            constraint=models.UniqueConstraint(fields=("id", "establishment"), name="item_of_its_establishment"),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_on__gte", models.F("starts_on"))), name="consent_ends_after_start"
            ),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("recipients", "community"), ("to_establishments", []), ("to_locality", None)),
                    models.Q(("recipients", "locality"), ("to_establishments", []), ("to_locality__isnull", False)),
                    models.Q(
                        ("recipients", "establishments"),
                        ("to_locality", None),
                        models.Q(("to_establishments", []), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="consent_is_to_one_kind",
            ),
        ),
    ]
