"""Groups of pupils that a school makes for itself (R1, R12)."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import sharing.fields


class Migration(migrations.Migration):
    dependencies = [
        ("sharing", "0017_indexes_for_holdings"),
    ]

    operations = [
        migrations.CreateModel(
            name="OwnGroup",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=[("criteria", "By criteria"), ("hand", "By hand")], max_length=10)),
                ("name", sharing.fields.EncryptedTextField(editable=True, null=True)),
                ("name_index", models.CharField(max_length=64)),
                ("criteria", models.JSONField(db_default={}, default=dict)),
                (
                    "tells",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("contact", "Contact details"),
                                ("sen", "Special educational needs"),
                                ("attainment", "Attainment"),
                                ("attendance", "Attendance"),
                                ("suspensions", "Suspensions and exclusions"),
                            ],
                            max_length=20,
                        ),
                        db_default=[],
                        default=list,
                        size=None,
                    ),
                ),
                ("made_at", models.DateTimeField(auto_now_add=True)),
                ("made_by_id", models.BigIntegerField()),
                ("made_by_name", models.CharField(max_length=200)),
                ("archived_at", models.DateTimeField(null=True)),
                (
                    "establishment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="sharing.establishment"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="OwnGroupMember",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("added_at", models.DateTimeField(auto_now_add=True)),
                (
                    "establishment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="sharing.establishment"
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="members", to="sharing.owngroup"
                    ),
                ),
                (
                    "pupil",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="sharing.pupil"
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="owngroup",
            constraint=models.UniqueConstraint(fields=("id", "establishment"), name="own_group_with_its_establishment"),
        ),
        migrations.AddConstraint(
            model_name="owngroup",
            constraint=models.UniqueConstraint(
                condition=models.Q(("archived_at", None)),
                fields=("establishment", "made_by_id", "name_index"),
                name="one_own_group_of_each_name",
            ),
        ),
        migrations.AddConstraint(
            model_name="owngroupmember",
            constraint=models.UniqueConstraint(fields=("group", "pupil"), name="once_in_an_own_group"),
        ),
    ]
