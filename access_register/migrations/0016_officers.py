"""Officers, their posts and duties, kept by the information manager on EduNet (P3, P15, R9)."""

import datetime

import django.contrib.postgres.fields
import django.db.models.expressions
from django.db import migrations, models

from sharing.rls import protect, unprotect

TABLES = (
    "access_register_officerappointment",
    "access_register_remoteauthorisation",
    "access_register_duty",
    "access_register_duty_establishments",
    "access_register_duty_localities",
)
WRITES = """
    GRANT INSERT, UPDATE ON access_register_officerappointment, access_register_remoteauthorisation,
        access_register_duty TO portal_app;
    GRANT INSERT ON access_register_duty_establishments, access_register_duty_localities TO portal_app;
"""
NO_WRITES = """
    REVOKE INSERT, UPDATE ON access_register_officerappointment, access_register_remoteauthorisation,
        access_register_duty, access_register_duty_establishments, access_register_duty_localities FROM portal_app;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("access_register", "0015_remote_authorisations"),
        ("sharing", "0027_officers"),
    ]

    operations = [
        migrations.AddField(
            model_name="duty",
            name="confirmed_by_name",
            field=models.CharField(blank=True, db_default="", default="", max_length=200),
        ),
        migrations.AddField(
            model_name="duty",
            name="confirmed_until",
            field=models.DateField(help_text="The last day of its review; empty: none is asked for.", null=True),
        ),
        migrations.AddField(
            model_name="duty",
            name="function",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="A statutory function of access_register.officers.functions.",
                max_length=20,
            ),
        ),
        migrations.AddField(
            model_name="duty",
            name="kinds",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("nursery", "Nursery school"),
                        ("primary", "Primary school"),
                        ("secondary", "Secondary school"),
                        ("special", "Special school"),
                        ("pru", "Pupil referral unit"),
                        ("academy", "Academy"),
                        ("childrens_centre", "Children's centre"),
                        ("free", "Free school"),
                        ("studio", "Studio school"),
                    ],
                    max_length=20,
                ),
                db_default=[],
                default=list,
                help_text="Kinds of establishment of the community, such as primary.",
                size=None,
            ),
        ),
        migrations.AddField(
            model_name="officerappointment",
            name="manager",
            field=models.CharField(
                blank=True, db_default="", default="", help_text="Who they report to.", max_length=200
            ),
        ),
        migrations.AddField(
            model_name="officerappointment",
            name="post",
            field=models.CharField(blank=True, db_default="", default="", max_length=100),
        ),
        migrations.AlterField(
            model_name="duty",
            name="data",
            field=models.CharField(
                choices=[
                    ("view_pupils", "Pupil information"),
                    ("view_staff", "Staff information"),
                    ("keep_records", "Bringing in files and arranging transfers"),
                    ("view_restricted", "Confidential items"),
                    ("manage_duties", "Officers and their duties"),
                ],
                max_length=30,
            ),
        ),
        migrations.AddConstraint(
            model_name="duty",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ends_on__gte", models.F("starts_on")),
                    (
                        "ends_on__lt",
                        django.db.models.expressions.CombinedExpression(
                            models.F("starts_on"), "+", models.Value(datetime.timedelta(days=366))
                        ),
                    ),
                ),
                name="duty_of_a_year_at_most",
            ),
        ),
        *[migrations.RunSQL(protect(table), unprotect(table)) for table in TABLES],
        migrations.RunSQL(WRITES, NO_WRITES),
    ]
