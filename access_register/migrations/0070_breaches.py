"""Breaches of the protocol and their sanctions (P17, R41). New tables, and a column that is empty for everybody."""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import sharing.fields
from access_register.breaches import roles_sql, sanctions_sql, steps_sql
from sharing.rls import protect, unprotect

TABLES = (
    "breach",
    "breachreport",
    "breachparty",
    "breachseat",
    "breachevidence",
    "breachtold",
    "breachstep",
    "sanction",
)
NOT_THE_APPLICATIONS = "".join(
    f"REVOKE INSERT, UPDATE, DELETE ON access_register_{table} FROM portal_app;" for table in TABLES
)


class Migration(migrations.Migration):
    dependencies = [
        ("access_register", "0068_second_officer"),
        ("sharing", "0053_ledger_by_the_month"),
    ]

    operations = [
        migrations.AddField(
            model_name="person",
            name="suspended_until",
            field=models.DateField(
                help_text="The last day of a sanction (R41). Kept by the database from the sanctions that stand.",
                null=True,
            ),
        ),
        migrations.CreateModel(
            name="Breach",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "whose",
                    models.CharField(
                        choices=[
                            ("own", "Me: I made a mistake"),
                            ("person", "Somebody else"),
                            ("group", "A group of people"),
                            ("establishment", "A school or another establishment"),
                            ("third_party", "A third party, such as an advisory company"),
                            ("unknown", "I do not know"),
                        ],
                        max_length=13,
                    ),
                ),
                (
                    "categories",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("names", "Names, dates of birth or UPNs of children"),
                                ("contacts", "Addresses or contact details"),
                                ("sen", "Special educational needs"),
                                ("attainment", "Attainment"),
                                ("attendance", "Attendance or suspensions"),
                                ("staff", "Information about staff"),
                                ("establishment", "Figures of an establishment"),
                                ("confidential", "A confidential item"),
                                ("sign_in", "A password, code or device"),
                            ],
                            max_length=13,
                        ),
                        db_default=[],
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "children",
                    models.CharField(
                        choices=[
                            ("0", "None"),
                            ("1", "One"),
                            ("10", "2 to 10"),
                            ("100", "11 to 100"),
                            ("1000", "101 to 1,000"),
                            ("more", "More than 1,000"),
                            ("unknown", "I do not know"),
                        ],
                        max_length=7,
                    ),
                ),
                ("happened", sharing.fields.EncryptedTextField(editable=True, null=True)),
                ("whom", sharing.fields.EncryptedTextField(editable=True, null=True)),
                ("happened_on", models.DateField(null=True)),
                ("aware_at", models.DateTimeField()),
                ("reported_at", models.DateTimeField(auto_now_add=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("reported", "Waiting to be looked at"),
                            ("dismissed", "Closed without a referral"),
                            ("referred", "With the Locality Achievement Partnership"),
                            ("decided", "Decided"),
                            ("appealed", "Under appeal"),
                            ("settled", "Decided, after an appeal"),
                        ],
                        default="reported",
                        max_length=9,
                    ),
                ),
                (
                    "is_personal",
                    models.BooleanField(help_text="Whether it is a personal data breach (UK GDPR Art. 4).", null=True),
                ),
                (
                    "severity",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("unlikely", "A risk to people is unlikely"),
                            ("risk", "There is a risk to people"),
                            ("high", "There is a high risk to people"),
                        ],
                        db_default="",
                        default="",
                        max_length=8,
                    ),
                ),
                (
                    "localities",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), db_default=[], default=list, size=None
                    ),
                ),
                ("triaged_by_id", models.BigIntegerField(null=True)),
                ("triaged_at", models.DateTimeField(null=True)),
                ("sitting", models.PositiveSmallIntegerField(db_default=1, default=1)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("none", "No action"),
                            ("advice", "A warning, with advice"),
                            ("training", "Training"),
                            ("suspend_person", "Suspend the person"),
                            ("suspend_establishment", "Suspend the establishment from sharing"),
                            ("end_third_party", "End the third party’s access"),
                        ],
                        db_default="",
                        default="",
                        max_length=21,
                    ),
                ),
                ("weeks", models.PositiveSmallIntegerField(db_default=0, default=0)),
                ("tell_ico", models.BooleanField(db_default=False, default=False)),
                ("decided_at", models.DateTimeField(null=True)),
                ("settled_at", models.DateTimeField(null=True)),
                (
                    "about",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="sharing.establishment",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="BreachEvidence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("asked", models.CharField(help_text="Which rows, in words.", max_length=300)),
                ("number", models.PositiveIntegerField(help_text="How many rows.")),
                ("content", sharing.fields.EncryptedTextField(editable=True, null=True)),
                ("attached_at", models.DateTimeField(auto_now_add=True)),
                ("attached_by_name", models.CharField(max_length=200)),
                (
                    "breach",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="evidence",
                        to="access_register.breach",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="BreachParty",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200)),
                (
                    "breach",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="parties", to="access_register.breach"
                    ),
                ),
                (
                    "contract",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="access_register.contract",
                    ),
                ),
                (
                    "establishment",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="sharing.establishment",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="BreachReport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("person_name", models.CharField(max_length=200)),
                ("name_withheld", models.BooleanField()),
                ("form_key", models.UUIDField(default=uuid.uuid4)),
                (
                    "breach",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="report", to="access_register.breach"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="BreachSeat",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200)),
                ("sitting", models.PositiveSmallIntegerField()),
                (
                    "measure",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("none", "No action"),
                            ("advice", "A warning, with advice"),
                            ("training", "Training"),
                            ("suspend_person", "Suspend the person"),
                            ("suspend_establishment", "Suspend the establishment from sharing"),
                            ("end_third_party", "End the third party’s access"),
                        ],
                        db_default="",
                        default="",
                        max_length=21,
                    ),
                ),
                ("weeks", models.PositiveSmallIntegerField(db_default=0, default=0)),
                ("tell_ico", models.BooleanField(db_default=False, default=False)),
                ("reason", sharing.fields.EncryptedTextField(editable=True, null=True)),
                ("voted_at", models.DateTimeField(null=True)),
                (
                    "breach",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="seats", to="access_register.breach"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="BreachStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                (
                    "what",
                    models.CharField(
                        choices=[
                            ("reported", "Reported"),
                            ("concerned", "Somebody named as concerned"),
                            ("dismissed", "Closed without a referral"),
                            ("referred", "Referred to the Locality Achievement Partnership"),
                            ("evidence", "Rows of the ledger attached"),
                            ("told", "Told"),
                            ("seated", "Panel named"),
                            ("answered", "Answer of who it is held against"),
                            ("decided", "Decided"),
                            ("appealed", "Appealed"),
                            ("upheld", "Appeal: the decision stands"),
                            ("changed", "Appeal: the decision is changed"),
                            ("lifted", "Appeal: the decision is lifted"),
                        ],
                        max_length=9,
                    ),
                ),
                ("by_name", models.CharField(blank=True, db_default="", default="", max_length=200)),
                ("words", sharing.fields.EncryptedTextField(editable=True, null=True)),
                (
                    "audience",
                    models.CharField(
                        choices=[
                            ("all", "Everybody concerned"),
                            ("parties", "All but who reported it"),
                            ("desk", "The data-protection side"),
                        ],
                        max_length=7,
                    ),
                ),
                (
                    "breach",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="access_register.breach"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="BreachTold",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "whom",
                    models.CharField(
                        choices=[("ico", "The Information Commissioner"), ("people", "The people concerned")],
                        max_length=6,
                    ),
                ),
                ("told_at", models.DateTimeField()),
                ("by_name", models.CharField(max_length=200)),
                (
                    "breach",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="told", to="access_register.breach"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Sanction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "measure",
                    models.CharField(
                        choices=[
                            ("none", "No action"),
                            ("advice", "A warning, with advice"),
                            ("training", "Training"),
                            ("suspend_person", "Suspend the person"),
                            ("suspend_establishment", "Suspend the establishment from sharing"),
                            ("end_third_party", "End the third party’s access"),
                        ],
                        max_length=21,
                    ),
                ),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField(help_text="The last day on which it holds.", null=True)),
                ("lifted_at", models.DateTimeField(null=True)),
                ("participation_id", models.BigIntegerField(null=True)),
                (
                    "breach",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sanctions",
                        to="access_register.breach",
                    ),
                ),
                (
                    "contract",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="access_register.contract",
                    ),
                ),
                (
                    "establishment",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="sharing.establishment",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="breach",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("decided_at__isnull", False),
                        ("state__in", ["decided", "appealed", "settled"]),
                        models.Q(("outcome", ""), _negated=True),
                    ),
                    models.Q(
                        models.Q(("state__in", ["decided", "appealed", "settled"]), _negated=True),
                        ("decided_at", None),
                        ("outcome", ""),
                    ),
                    _connector="OR",
                ),
                name="breach_decided_with_an_outcome",
            ),
        ),
        migrations.AddConstraint(
            model_name="breachparty",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("contract", None), ("establishment", None), ("person__isnull", False)),
                    models.Q(("contract", None), ("establishment__isnull", False), ("person", None)),
                    models.Q(("contract__isnull", False), ("establishment", None), ("person", None)),
                    _connector="OR",
                ),
                name="breach_party_is_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="breachparty",
            constraint=models.UniqueConstraint(
                fields=("breach", "person", "establishment", "contract"), name="breach_party_once", nulls_distinct=False
            ),
        ),
        migrations.AddConstraint(
            model_name="breachreport",
            constraint=models.UniqueConstraint(fields=("person", "form_key"), name="one_breach_for_each_form"),
        ),
        migrations.AddConstraint(
            model_name="breachseat",
            constraint=models.UniqueConstraint(fields=("breach", "person"), name="one_seat_for_each_person"),
        ),
        migrations.AddConstraint(
            model_name="breachseat",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("measure__in", ["end_third_party", "suspend_establishment", "suspend_person"]),
                        ("weeks__in", (1, 2, 4, 8, 13, 26)),
                    ),
                    models.Q(
                        models.Q(
                            ("measure__in", ["end_third_party", "suspend_establishment", "suspend_person"]),
                            _negated=True,
                        ),
                        ("weeks", 0),
                    ),
                    _connector="OR",
                ),
                name="vote_with_a_length_or_without",
            ),
        ),
        migrations.AddConstraint(
            model_name="breachtold",
            constraint=models.UniqueConstraint(fields=("breach", "whom"), name="told_once"),
        ),
        migrations.AddIndex(
            model_name="sanction",
            index=models.Index(fields=["establishment", "ends_on"], name="sanctions_of_a_place"),
        ),
        migrations.AddIndex(
            model_name="sanction",
            index=models.Index(fields=["person", "ends_on"], name="sanctions_of_a_person"),
        ),
        migrations.AddConstraint(
            model_name="sanction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("ends_on__gte", models.F("starts_on")),
                        ("measure__in", ["end_third_party", "suspend_establishment", "suspend_person"]),
                    ),
                    models.Q(
                        models.Q(
                            ("measure__in", ["end_third_party", "suspend_establishment", "suspend_person"]),
                            _negated=True,
                        ),
                        ("ends_on", None),
                    ),
                    _connector="OR",
                ),
                name="sanction_with_a_last_day_or_without",
            ),
        ),
        migrations.RunSQL(NOT_THE_APPLICATIONS, migrations.RunSQL.noop),
        migrations.RunSQL(roles_sql.CREATE, roles_sql.DROP),
        migrations.RunSQL(sanctions_sql.CREATE, sanctions_sql.DROP),
        migrations.RunSQL(steps_sql.CREATE, steps_sql.DROP),
        *[
            migrations.RunSQL(protect(f"access_register_{table}"), unprotect(f"access_register_{table}"))
            for table in TABLES
        ],
    ]
