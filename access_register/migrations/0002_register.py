import datetime
import uuid

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import sharing.dates
import sharing.fields
from sharing.migrating import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("access_register", "0001_person"),
        ("sharing", "0001_initial"),
    ]

    operations = [
        CreateModels(
            [
                migrations.CreateModel(
                    name="Breach",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
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
                            models.BooleanField(
                                help_text="Whether it is a personal data breach (UK GDPR Art. 4).", null=True
                            ),
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
                        ("asked_again_at", models.DateTimeField(null=True)),
                        (
                            "closed_by",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.BigIntegerField(), db_default=[], default=list, size=None
                            ),
                        ),
                        (
                            "clock_told_at",
                            models.DateTimeField(
                                help_text="When the desk was told that the 72 hours run out soon.", null=True
                            ),
                        ),
                        (
                            "run_out_told_at",
                            models.DateTimeField(help_text="When the desk was told that they have run out.", null=True),
                        ),
                        (
                            "closed_before",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.BigIntegerField(), db_default=[], default=list, size=None
                            ),
                        ),
                        (
                            "of_misuse",
                            models.BigIntegerField(
                                help_text="The report of misuse that it was made of.", null=True, unique=True
                            ),
                        ),
                        (
                            "passed_on_by_id",
                            models.BigIntegerField(help_text="The officer who found that it was a misuse.", null=True),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
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
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BreachEvidence",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
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
                    name="BreachReport",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("person_name", models.CharField(max_length=200)),
                        ("name_withheld", models.BooleanField()),
                        ("form_key", models.UUIDField(default=uuid.uuid4)),
                        (
                            "breach",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="report",
                                to="access_register.breach",
                            ),
                        ),
                        (
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("person", "form_key"), name="one_breach_for_each_form")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BreachSeat",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
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
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="seats",
                                to="access_register.breach",
                            ),
                        ),
                        (
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("breach", "person"), name="one_seat_for_each_person"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("measure__in", ["end_third_party", "suspend_establishment", "suspend_person"]),
                                        ("weeks__in", (1, 2, 4, 8, 13, 26)),
                                    ),
                                    models.Q(
                                        models.Q(
                                            (
                                                "measure__in",
                                                ["end_third_party", "suspend_establishment", "suspend_person"],
                                            ),
                                            _negated=True,
                                        ),
                                        ("weeks", 0),
                                    ),
                                    _connector="OR",
                                ),
                                name="vote_with_a_length_or_without",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BreachStep",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("at", models.DateTimeField()),
                        (
                            "what",
                            models.CharField(
                                choices=[
                                    ("reported", "Reported"),
                                    ("misuse", "Reported as misuse of a comparison, which an officer has looked into"),
                                    ("concerned", "Somebody named as concerned"),
                                    ("taken_out", "Somebody named as concerned taken out again"),
                                    ("to_close", "To be closed, once another information manager agrees"),
                                    ("dismissed", "Closed without a referral"),
                                    ("asked", "Whoever reported it has asked that others look at it"),
                                    ("referred", "Referred to the Locality Achievement Partnership"),
                                    ("evidence", "Rows of the ledger attached"),
                                    ("told", "Told"),
                                    ("seated", "Panel named"),
                                    (
                                        "drawn",
                                        "Panel drawn by lot, as nobody without a part in it was left to name one",
                                    ),
                                    (
                                        "drawn_far",
                                        "Panel drawn by lot from every Locality, as nobody without a part in it was left to name one and too few heads of the Locality concerned could sit",
                                    ),
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
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="steps",
                                to="access_register.breach",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="BreachTold",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
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
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="told",
                                to="access_register.breach",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [models.UniqueConstraint(fields=("breach", "whom"), name="told_once")],
                    },
                ),
                migrations.CreateModel(
                    name="CarriedRegister",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("from_name", models.CharField(max_length=200)),
                        ("on", models.DateField()),
                        ("confirmed_at", models.DateTimeField(null=True)),
                        ("confirmed_by_name", models.CharField(blank=True, max_length=200)),
                        (
                            "establishment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="sharing.establishment",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="OfficerAppointment",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("team", models.CharField(max_length=100)),
                        ("starts_on", models.DateField()),
                        ("ends_on", models.DateField(null=True)),
                        ("recorded_by_name", models.CharField(max_length=200)),
                        (
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="appointments",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "manager",
                            models.CharField(
                                blank=True, db_default="", default="", help_text="Who they report to.", max_length=200
                            ),
                        ),
                        ("post", models.CharField(blank=True, db_default="", default="", max_length=100)),
                        (
                            "recorded_by_id",
                            models.BigIntegerField(help_text="Nobody for what the service has recorded.", null=True),
                        ),
                        (
                            "awaits_second",
                            models.BooleanField(
                                db_default=False,
                                default=False,
                                help_text="Opens nothing until another information manager has confirmed it.",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="AppointmentChange",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("at", models.DateTimeField()),
                        (
                            "by_id",
                            models.BigIntegerField(help_text="Nobody for what the service has changed.", null=True),
                        ),
                        ("by_name", models.CharField(max_length=200)),
                        ("before", models.JSONField()),
                        ("after", models.JSONField()),
                        (
                            "appointment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="changes",
                                to="access_register.officerappointment",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Duty",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "data",
                            models.CharField(
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
                        ("whole_community", models.BooleanField(default=False)),
                        ("reason", models.CharField(max_length=300)),
                        ("starts_on", models.DateField()),
                        ("ends_on", models.DateField()),
                        ("ended_at", models.DateTimeField(null=True)),
                        ("recorded_by_name", models.CharField(max_length=200)),
                        ("recorded_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "appointment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="duties",
                                to="access_register.officerappointment",
                            ),
                        ),
                        ("confirmed_by_name", models.CharField(blank=True, db_default="", default="", max_length=200)),
                        (
                            "confirmed_until",
                            models.DateField(
                                help_text="The last day of its review; empty: none is asked for.", null=True
                            ),
                        ),
                        (
                            "function",
                            models.CharField(
                                blank=True,
                                db_default="",
                                default="",
                                help_text="A statutory function of access_register.officers.functions.",
                                max_length=20,
                            ),
                        ),
                        (
                            "kinds",
                            django.contrib.postgres.fields.ArrayField(
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
                        ("is_casework", models.BooleanField(db_default=False, default=False)),
                        (
                            "withheld",
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
                                help_text="Of casework: the kinds of pupil data that it does not open.",
                                size=None,
                            ),
                        ),
                        ("establishments", models.ManyToManyField(related_name="+", to="sharing.establishment")),
                        ("localities", models.ManyToManyField(related_name="+", to="sharing.locality")),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
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
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("is_casework", False), ("withheld", [])),
                                    models.Q(
                                        ("data", "view_pupils"), ("is_casework", True), ("whole_community", False)
                                    ),
                                    _connector="OR",
                                ),
                                name="casework_is_of_children",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Order",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "basis",
                            models.CharField(
                                choices=[
                                    ("court", "Order of a court"),
                                    ("safeguarding", "Safeguarding (Children Act 1989, section 47)"),
                                    ("freedom", "Freedom of Information request"),
                                    ("subject", "Subject access request (UK GDPR, article 15)"),
                                ],
                                max_length=12,
                            ),
                        ),
                        (
                            "data",
                            models.CharField(
                                choices=[
                                    ("view_pupils", "Pupil information"),
                                    ("view_staff", "Staff information"),
                                    ("view_restricted", "Confidential items"),
                                ],
                                max_length=30,
                            ),
                        ),
                        (
                            "withheld",
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
                        ("person_id", models.BigIntegerField()),
                        ("person_name", models.CharField(max_length=200)),
                        (
                            "through",
                            models.CharField(
                                choices=[("schools_online", "Schools Online"), ("edunet", "EduNet")], max_length=20
                            ),
                        ),
                        ("reason", sharing.fields.EncryptedTextField(editable=True, null=True)),
                        ("head_barred", models.BooleanField(default=False)),
                        ("barred_because", sharing.fields.EncryptedTextField(editable=True, null=True)),
                        ("starts_on", models.DateField()),
                        ("ends_on", models.DateField()),
                        ("recorded_by_id", models.BigIntegerField()),
                        ("recorded_by_name", models.CharField(max_length=200)),
                        ("recorded_at", models.DateTimeField(auto_now_add=True)),
                        ("authoriser_id", models.BigIntegerField()),
                        ("authoriser_name", models.CharField(max_length=200)),
                        ("authorised_at", models.DateTimeField(null=True)),
                        ("ended_by_name", models.CharField(blank=True, db_default="", default="", max_length=200)),
                        ("ended_at", models.DateTimeField(null=True)),
                        (
                            "child",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="sharing.child",
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
                    ],
                    options={
                        "indexes": [models.Index(fields=["authoriser_id"], name="orders_of_an_authoriser")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("ends_on__gte", models.F("starts_on")),
                                    (
                                        "ends_on__lt",
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("starts_on"), "+", models.Value(datetime.timedelta(days=366))
                                        ),
                                    ),
                                ),
                                name="order_of_a_year_at_most",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("authoriser_id", models.F("recorded_by_id")), _negated=True),
                                    models.Q(("authoriser_id", models.F("person_id")), _negated=True),
                                ),
                                name="order_authorised_by_another",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("child__isnull", False), ("data", "view_pupils"), ("establishment", None)
                                    ),
                                    models.Q(
                                        ("child", None),
                                        ("establishment__isnull", False),
                                        ("head_barred", False),
                                        ("through", "edunet"),
                                    ),
                                    _connector="OR",
                                ),
                                name="order_of_a_child_or_an_establishment",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Organisation",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", models.CharField(max_length=200, unique=True)),
                    ],
                ),
                migrations.CreateModel(
                    name="Contract",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("reference", models.CharField(max_length=100)),
                        (
                            "clause",
                            models.CharField(help_text="The clause that binds them to the protocol.", max_length=300),
                        ),
                        ("starts_on", models.DateField()),
                        ("ends_on", models.DateField()),
                        ("document", models.BinaryField(help_text="Encrypted (sharing.crypto).", null=True)),
                        ("document_name", models.CharField(blank=True, max_length=200)),
                        (
                            "dbs_confirmed_on",
                            models.DateField(help_text="Safeguarding (DBS) check, needed for Level 2.", null=True),
                        ),
                        ("recorded_by_name", models.CharField(max_length=200)),
                        ("recorded_at", models.DateTimeField(auto_now_add=True)),
                        ("ended_at", models.DateTimeField(null=True)),
                        ("destruction_certified_on", models.DateField(null=True)),
                        (
                            "establishment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="contracts",
                                to="sharing.establishment",
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="contracts",
                                to="access_register.organisation",
                            ),
                        ),
                        (
                            "destruction_asked_at",
                            models.DateTimeField(help_text="When its people were asked for a certificate.", null=True),
                        ),
                    ],
                    options={
                        "base_manager_name": "objects",
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("ends_on__gte", models.F("starts_on"))),
                                name="contract_ends_after_start",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BreachParty",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", models.CharField(max_length=200)),
                        (
                            "breach",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="parties",
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
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("contract", None), ("establishment", None), ("person__isnull", False)),
                                    models.Q(("contract", None), ("establishment__isnull", False), ("person", None)),
                                    models.Q(("contract__isnull", False), ("establishment", None), ("person", None)),
                                    _connector="OR",
                                ),
                                name="breach_party_is_one",
                            ),
                            models.UniqueConstraint(
                                fields=("breach", "person", "establishment", "contract"),
                                name="breach_party_once",
                                nulls_distinct=False,
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PersonSession",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "through",
                            models.CharField(
                                choices=[("schools_online", "Schools Online"), ("edunet", "EduNet")], max_length=20
                            ),
                        ),
                        ("session_key", models.CharField(max_length=40, unique=True)),
                        ("device", models.CharField(help_text="The browser and system, in words.", max_length=100)),
                        ("address", models.GenericIPAddressField(null=True)),
                        ("began_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="sessions",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="ProtocolVersion",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("number", models.CharField(max_length=20, unique=True)),
                        ("in_force_from", models.DateField(unique=True)),
                        ("summary", models.TextField()),
                        ("text", models.TextField()),
                        ("purpose", models.CharField(max_length=300)),
                    ],
                ),
                migrations.CreateModel(
                    name="Acceptance",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("accepted_at", models.DateTimeField(auto_now_add=True)),
                        ("until", models.DateField()),
                        ("purpose", models.TextField()),
                        (
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="acceptances",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "version",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="acceptances",
                                to="access_register.protocolversion",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("person", "version", "until"), name="one_acceptance_for_each_stretch"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ParticipationStep",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "what",
                            models.CharField(
                                choices=[("left", "Left the protocol"), ("joined", "Signed up to the protocol")],
                                max_length=6,
                            ),
                        ),
                        ("at", models.DateTimeField()),
                        ("by_id", models.BigIntegerField()),
                        ("by_name", models.CharField(max_length=200)),
                        ("because", models.CharField(blank=True, db_default="", default="", max_length=300)),
                        (
                            "establishment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="participation_steps",
                                to="sharing.establishment",
                            ),
                        ),
                        (
                            "version",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="access_register.protocolversion",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["establishment", "at"], name="steps_of_an_establishment")],
                    },
                ),
                migrations.CreateModel(
                    name="RegisterLine",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "level",
                            models.PositiveSmallIntegerField(
                                choices=[(1, "Level 1"), (2, "Level 2"), (3, "Level 3")], default=3
                            ),
                        ),
                        ("seat", models.PositiveSmallIntegerField(null=True)),
                        (
                            "role",
                            models.CharField(
                                choices=[
                                    ("head", "Head teacher or equivalent"),
                                    ("teacher", "Teacher"),
                                    ("support", "Support staff with direct responsibility for children"),
                                    ("office", "Office and other staff"),
                                    ("governor", "Governor or equivalent"),
                                    ("third_party", "Third party"),
                                ],
                                max_length=20,
                            ),
                        ),
                        (
                            "basis",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("teaches", "Teaches children here"),
                                    ("responsible", "Has direct responsibility for children here"),
                                    ("heads_reason", "Another reason, given by the head"),
                                ],
                                max_length=20,
                            ),
                        ),
                        (
                            "basis_words",
                            models.CharField(blank=True, help_text="The head's own reason.", max_length=300),
                        ),
                        ("starts_on", models.DateField()),
                        ("ends_on", models.DateField(null=True)),
                        ("given_by_name", models.CharField(max_length=200)),
                        ("given_at", models.DateTimeField(auto_now_add=True)),
                        ("level_since", models.DateField()),
                        ("withdrawn_at", models.DateTimeField(null=True)),
                        ("withdrawn_by_name", models.CharField(blank=True, max_length=200)),
                        ("withdrawn_because", models.CharField(blank=True, max_length=300)),
                        (
                            "establishment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="register",
                                to="sharing.establishment",
                            ),
                        ),
                        (
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="lines",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "awaiting_since",
                            models.DateTimeField(
                                help_text="Invited, not yet accepted: it opens nothing (A9).", null=True
                            ),
                        ),
                        (
                            "confirmed_on",
                            models.DateField(help_text="When the head last confirmed the line.", null=True),
                        ),
                        ("last_used_on", models.DateField(null=True)),
                        ("review_due_on", models.DateField(null=True)),
                        ("reviews_missed", models.PositiveSmallIntegerField(default=0)),
                        (
                            "suspended_at",
                            models.DateTimeField(help_text="While set, the line opens nothing.", null=True),
                        ),
                        ("suspended_because", models.CharField(blank=True, max_length=300)),
                        ("suspended_by_name", models.CharField(blank=True, max_length=200)),
                        (
                            "version",
                            models.PositiveIntegerField(
                                default=1, help_text="Counts changes, so that two tabs do not overwrite."
                            ),
                        ),
                        (
                            "withheld",
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
                                default=list,
                                help_text="Kinds of pupil data not shown.",
                                size=None,
                            ),
                        ),
                        (
                            "year_groups",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=2),
                                default=list,
                                help_text="Empty: every year group (A5).",
                                size=None,
                            ),
                        ),
                        (
                            "contract",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="lines",
                                to="access_register.contract",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("level__in", [1, 2, 3])), name="level_is_1_2_or_3"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("level", 1), ("seat__in", [0, 1, 2]), ("seat__isnull", False)),
                                    models.Q(("level__in", [2, 3]), ("seat__isnull", True)),
                                    _connector="OR",
                                ),
                                name="level_1_is_three_seats",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("role", "third_party"), _negated=True), ("level__gte", 2), _connector="OR"
                                ),
                                name="third_party_is_never_level_1",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("ends_on__isnull", True), ("ends_on__gte", models.F("starts_on")), _connector="OR"
                                ),
                                name="line_ends_after_start",
                            ),
                            django.contrib.postgres.constraints.ExclusionConstraint(
                                condition=models.Q(("seat__isnull", False), ("withdrawn_at__isnull", True)),
                                expressions=[("establishment", "="), ("seat", "="), (sharing.dates.DateRange(), "&&")],
                                name="one_person_in_a_seat",
                            ),
                            django.contrib.postgres.constraints.ExclusionConstraint(
                                condition=models.Q(("withdrawn_at__isnull", True)),
                                expressions=[
                                    ("establishment", "="),
                                    ("person", "="),
                                    (sharing.dates.DateRange(), "&&"),
                                ],
                                name="one_line_for_each_person",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Handover",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("on", models.DateField()),
                        ("until", models.DateField(null=True)),
                        ("named_by_name", models.CharField(max_length=200)),
                        ("named_at", models.DateTimeField(auto_now_add=True)),
                        ("verified_by_name", models.CharField(blank=True, max_length=200)),
                        ("verified_at", models.DateTimeField(null=True)),
                        ("accepted_at", models.DateTimeField(null=True)),
                        ("done_at", models.DateTimeField(null=True)),
                        (
                            "confirmed_at",
                            models.DateTimeField(
                                help_text="The new head has looked through what they took over.", null=True
                            ),
                        ),
                        ("cancelled_at", models.DateTimeField(null=True)),
                        (
                            "establishment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="handovers",
                                to="sharing.establishment",
                            ),
                        ),
                        (
                            "outgoing",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="access_register.registerline",
                            ),
                        ),
                        (
                            "successor",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="headships_offered",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("cancelled_because", models.CharField(blank=True, max_length=300)),
                        ("cancelled_by_name", models.CharField(blank=True, max_length=200)),
                        (
                            "cut",
                            models.JSONField(
                                default=list, help_text="The lines that gave way to it, as they were before."
                            ),
                        ),
                        (
                            "incoming",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="access_register.registerline",
                            ),
                        ),
                        (
                            "named_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("cancelled_at__isnull", True), ("done_at__isnull", True)),
                                fields=("establishment",),
                                name="one_handover_at_a_time",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("until__isnull", True), ("until__gte", models.F("on")), _connector="OR"
                                ),
                                name="acting_ends_after_start",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Invitation",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("token_hash", models.CharField(max_length=64, unique=True)),
                        ("sent_at", models.DateTimeField()),
                        ("times_sent", models.PositiveSmallIntegerField(default=1)),
                        ("expires_at", models.DateTimeField()),
                        ("accepted_at", models.DateTimeField(null=True)),
                        ("revoked_at", models.DateTimeField(null=True)),
                        (
                            "establishment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="sharing.establishment",
                            ),
                        ),
                        (
                            "line",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="invitation",
                                to="access_register.registerline",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="LineEvent",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("what", models.CharField(max_length=30)),
                        (
                            "words",
                            models.CharField(
                                help_text="On 3 September the head raised this line to Level 2.", max_length=500
                            ),
                        ),
                        ("by_name", models.CharField(max_length=200)),
                        ("before", models.JSONField(null=True)),
                        ("after", models.JSONField()),
                        ("undo_until", models.DateField(null=True)),
                        ("undone_at", models.DateTimeField(null=True)),
                        (
                            "establishment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="sharing.establishment",
                            ),
                        ),
                        (
                            "line",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="events",
                                to="access_register.registerline",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["establishment", "at"], name="access_regi_establi_8edf4e_idx")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RemoteAuthorisation",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("reason", models.CharField(max_length=300)),
                        ("starts_on", models.DateField()),
                        ("ends_on", models.DateField()),
                        ("ended_at", models.DateTimeField(null=True)),
                        ("recorded_by_name", models.CharField(max_length=200)),
                        ("recorded_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "appointment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="remote_authorisations",
                                to="access_register.officerappointment",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("ends_on__gte", models.F("starts_on")),
                                    (
                                        "ends_on__lt",
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("starts_on"), "+", models.Value(datetime.timedelta(days=366))
                                        ),
                                    ),
                                ),
                                name="remote_authorisation_of_a_year_at_most",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ResponsiblePerson",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "part",
                            models.CharField(
                                choices=[("manager", "Responsible manager"), ("signatory", "Signatory")], max_length=9
                            ),
                        ),
                        ("name", models.CharField(max_length=200)),
                        ("role", models.CharField(help_text="Their post, such as business manager.", max_length=200)),
                        ("since", models.DateField()),
                        ("recorded_by_id", models.BigIntegerField()),
                        ("recorded_by_name", models.CharField(max_length=200)),
                        ("recorded_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "establishment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="responsible_people",
                                to="sharing.establishment",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["establishment", "part", "-recorded_at"], name="responsible_at_a_place"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ReviewNotice",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("review_reminder", "People to confirm"),
                                    ("review_result", "What became of people who were not confirmed"),
                                    ("review_changed", "To the person whose access it was"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("due_on", models.DateField(help_text="The last day of the review that it is about.")),
                        (
                            "days_before",
                            models.PositiveSmallIntegerField(default=0, help_text="Of a reminder: 14, 7 or 1."),
                        ),
                        ("about", models.JSONField(help_text="What its templates say. Nothing about a child.")),
                        ("written_at", models.DateTimeField(auto_now_add=True)),
                        ("sent_at", models.DateTimeField(null=True)),
                        (
                            "establishment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="sharing.establishment",
                            ),
                        ),
                        (
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("sent_at", None)), fields=["written_at"], name="notices_to_send"
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("establishment", "person", "kind", "due_on", "days_before"),
                                name="each_notice_once",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Sanction",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
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
                        ("ended", models.JSONField(null=True)),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["establishment", "ends_on"], name="sanctions_of_a_place"),
                            models.Index(fields=["person", "ends_on"], name="sanctions_of_a_person"),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("ends_on__gte", models.F("starts_on")),
                                        ("measure__in", ["end_third_party", "suspend_establishment", "suspend_person"]),
                                    ),
                                    models.Q(
                                        models.Q(
                                            (
                                                "measure__in",
                                                ["end_third_party", "suspend_establishment", "suspend_person"],
                                            ),
                                            _negated=True,
                                        ),
                                        ("ends_on", None),
                                    ),
                                    _connector="OR",
                                ),
                                name="sanction_with_a_last_day_or_without",
                            )
                        ],
                    },
                ),
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
                    options={
                        "indexes": [models.Index(fields=["written_at"], name="oldest_letter_first")],
                    },
                ),
            ]
        ),
    ]
