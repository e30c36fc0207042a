"""Everything that schools and the council send about pupils and staff, and the two ends of a transfer (R5-R8, R13).

New tables and columns with defaults: nothing is rewritten but the small table of attendance, which becomes one row for
each term.
"""

import uuid

import django.contrib.postgres.fields
import django.contrib.postgres.functions
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import sharing.fields
from sharing.conditions import COMING_TO_ME, LEAVING_ME
from sharing.rls import protect, replace_reads, unprotect

MOVE = """
INSERT INTO sharing_attendance (pupil_id, establishment_id, academic_year, term, dfe_number,
                                sessions_possible, sessions_absent, by_code, source, as_of)
    SELECT pupil.id, pupil.establishment_id,
           extract(year FROM pupil.as_of) - 1,
           CASE WHEN extract(month FROM pupil.as_of) >= 9 THEN 3 WHEN extract(month FROM pupil.as_of) < 5 THEN 1 ELSE 2 END,
           '', counted.sessions_possible, counted.sessions_absent, '{}', pupil.source, pupil.as_of
    FROM sharing_pupilattendance AS counted JOIN sharing_pupil AS pupil ON pupil.id = counted.pupil_id;
INSERT INTO sharing_staffcontract (member_id, establishment_id, kind, post, starts_on, ends_on, hours,
                                   pay_range, paid_daily)
    SELECT id, establishment_id, CASE contract WHEN 'Permanent' THEN 'PRM' WHEN 'Fixed term' THEN 'FXT' ELSE 'TMP' END,
           post, starts_on, ends_on, hours, '', false
    FROM sharing_staffmember;
UPDATE sharing_transfer SET from_establishment_id = sender.id
    FROM sharing_establishment AS sender WHERE sender.urn = from_urn;
UPDATE sharing_transfer AS transfer
    SET surname = pupil.surname, forename = pupil.forename, born_on = pupil.born_on, sex = pupil.sex,
        year_group = pupil.year_group, upn_index = pupil.upn_index
    FROM sharing_pupil AS pupil WHERE pupil.id = transfer.pupil_id;
SET CONSTRAINTS ALL IMMEDIATE;
"""
OF_PUPILS = (
    "senneed", "freemealsperiod", "attendance", "suspension", "result", "homeaddress", "contact", "pupilchange",
)  # fmt: skip
OF_STAFF = ("staffcontract", "staffabsence")
NEW = tuple(f"sharing_{table}" for table in (*OF_PUPILS, *OF_STAFF, "import", "importpiece", "childmerge"))
# As in migration 0002: foreign-key checks pass row-level security by.
SAME_ESTABLISHMENT = (
    "".join(
        f"""
ALTER TABLE sharing_{table} ADD CONSTRAINT {table}_at_the_{whose}s_establishment
    FOREIGN KEY ({whose}_id, establishment_id) REFERENCES sharing_{target} (id, establishment_id)
    DEFERRABLE INITIALLY DEFERRED;
"""
        for whose, target, tables in (("pupil", "pupil", OF_PUPILS), ("member", "staffmember", OF_STAFF))
        for table in tables
    )
    + """
ALTER TABLE sharing_transfer ADD CONSTRAINT transfer_leaves_the_pupils_establishment
    FOREIGN KEY (leaving_id, from_establishment_id) REFERENCES sharing_pupil (id, establishment_id)
    DEFERRABLE INITIALLY DEFERRED;
"""
)
NOT_THE_APPLICATIONS = f"""
REVOKE INSERT, UPDATE, DELETE ON {", ".join(f"sharing_{table}" for table in (*OF_PUPILS, *OF_STAFF))}, sharing_childmerge
    FROM portal_app;
GRANT INSERT, UPDATE ON sharing_import TO portal_app;
REVOKE DELETE ON sharing_import FROM portal_app;
REVOKE ALL ON sharing_importpiece FROM portal_app;
GRANT INSERT ON sharing_importpiece TO portal_app;
"""

# Until migration 0010.
TRANSFERS_THEN = f"({COMING_TO_ME}) OR ({LEAVING_ME})"


class Migration(migrations.Migration):
    dependencies = [
        ("sharing", "0003_narrowing"),
    ]

    operations = [
        migrations.CreateModel(
            name="Attendance",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("source", models.CharField(db_default="", default="", max_length=100)),
                ("as_of", models.DateField(null=True)),
                ("academic_year", models.PositiveSmallIntegerField()),
                (
                    "term",
                    models.PositiveSmallIntegerField(
                        choices=[(0, "Whole year"), (1, "Autumn term"), (2, "Spring term"), (3, "Summer term")]
                    ),
                ),
                ("dfe_number", models.CharField(blank=True, db_default="", default="", max_length=7)),
                ("sessions_possible", models.PositiveSmallIntegerField(null=True)),
                ("sessions_absent", models.PositiveSmallIntegerField(null=True)),
                ("sessions_unauthorised", models.PositiveSmallIntegerField(null=True)),
                ("by_code", models.JSONField(db_default={}, default=dict)),
            ],
        ),
        migrations.CreateModel(
            name="ChildMerge",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("moved", models.JSONField(default=list, help_text="Ids of the pupil records that moved.")),
                ("because", models.CharField(max_length=300)),
                ("at", models.DateTimeField(auto_now_add=True)),
                ("by_name", models.CharField(max_length=200)),
                ("undone_at", models.DateTimeField(null=True)),
                ("undone_by_name", models.CharField(blank=True, max_length=200)),
            ],
        ),
        migrations.CreateModel(
            name="Contact",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("source", models.CharField(db_default="", default="", max_length=100)),
                ("as_of", models.DateField(null=True)),
                ("order", models.PositiveSmallIntegerField()),
                ("relationship", models.CharField(blank=True, max_length=3)),
                ("has_responsibility", models.BooleanField(null=True)),
                ("name", sharing.fields.EncryptedTextField(editable=True, null=True)),
                (
                    "address",
                    sharing.fields.EncryptedTextField(editable=True, help_text="Empty: as the child's.", null=True),
                ),
                (
                    "telephones",
                    sharing.fields.EncryptedTextField(editable=True, help_text="One a line.", null=True),
                ),
                ("email", sharing.fields.EncryptedTextField(editable=True, null=True)),
                ("facts_index", models.CharField(max_length=64)),
            ],
            options={
                "ordering": ["order"],
            },
        ),
        migrations.CreateModel(
            name="FreeMealsPeriod",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("source", models.CharField(db_default="", default="", max_length=100)),
                ("as_of", models.DateField(null=True)),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField(null=True)),
                ("country", models.CharField(blank=True, max_length=3)),
            ],
        ),
        migrations.CreateModel(
            name="HomeAddress",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("source", models.CharField(db_default="", default="", max_length=100)),
                ("as_of", models.DateField(null=True)),
                (
                    "address",
                    sharing.fields.EncryptedTextField(editable=True, help_text="Lines, the postcode last.", null=True),
                ),
                ("postcode", sharing.fields.EncryptedTextField(editable=True, null=True)),
                ("facts_index", models.CharField(max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name="ImportPiece",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("number", models.PositiveIntegerField()),
                ("sealed", models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name="PupilChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("at", models.DateTimeField(auto_now_add=True)),
                ("source", models.CharField(max_length=100)),
                (
                    "facts",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=30), size=None),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Result",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("source", models.CharField(db_default="", default="", max_length=100)),
                ("as_of", models.DateField(null=True)),
                ("stage", models.CharField(max_length=2)),
                ("academic_year", models.PositiveSmallIntegerField()),
                ("subject", models.CharField(max_length=20)),
                ("component", models.CharField(blank=True, db_default="", default="", max_length=20)),
                ("result", models.CharField(max_length=20)),
                ("status", models.CharField(db_default="R", default="R", max_length=1)),
                ("dfe_number", models.CharField(blank=True, db_default="", default="", max_length=7)),
            ],
        ),
        migrations.CreateModel(
            name="SenNeed",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("source", models.CharField(db_default="", default="", max_length=100)),
                ("as_of", models.DateField(null=True)),
                ("rank", models.PositiveSmallIntegerField()),
                ("need", models.CharField(max_length=4)),
            ],
        ),
        migrations.CreateModel(
            name="StaffAbsence",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("first_day", models.DateField()),
                ("last_day", models.DateField(null=True)),
                ("days_lost", models.DecimalField(decimal_places=1, max_digits=5, null=True)),
                ("category", models.CharField(max_length=3)),
            ],
        ),
        migrations.CreateModel(
            name="StaffContract",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("kind", models.CharField(max_length=3)),
                ("post", models.CharField(max_length=100)),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField(null=True)),
                ("hours", models.DecimalField(decimal_places=1, max_digits=4, null=True)),
                ("fte_hours", models.DecimalField(decimal_places=1, max_digits=4, null=True)),
                ("weeks_a_year", models.DecimalField(decimal_places=1, max_digits=4, null=True)),
                ("pay_range", models.CharField(blank=True, db_default="", default="", max_length=2)),
                ("pay", models.DecimalField(decimal_places=2, max_digits=9, null=True)),
                ("paid_daily", models.BooleanField(db_default=False, default=False)),
            ],
        ),
        migrations.CreateModel(
            name="Suspension",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("source", models.CharField(db_default="", default="", max_length=100)),
                ("as_of", models.DateField(null=True)),
                ("category", models.CharField(max_length=4)),
                ("starts_on", models.DateField()),
                ("sessions", models.PositiveSmallIntegerField(null=True)),
                (
                    "reasons",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=2), db_default=[], default=list, size=None
                    ),
                ),
            ],
        ),
        migrations.AlterModelOptions(
            name="establishment",
            options={
                "permissions": [
                    ("view_pupils", "Can see pupil information"),
                    ("view_staff", "Can see staff information"),
                    ("manage_register", "Can see and keep the Access Register"),
                    ("keep_records", "Can bring in files, arrange transfers and answer challenges"),
                ]
            },
        ),
        migrations.RemoveConstraint(
            model_name="transfer",
            name="transfer_lapses_after_agreement",
        ),
        migrations.AddField(
            model_name="child",
            name="same_as",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="other_upns",
                to="sharing.child",
            ),
        ),
        migrations.AddField(
            model_name="enrolment",
            name="destination",
            field=models.CharField(
                blank=True, db_default="", default="", help_text="Name of the next school.", max_length=200
            ),
        ),
        migrations.AddField(
            model_name="enrolment",
            name="leaving_reason",
            field=models.CharField(blank=True, db_default="", default="", help_text="Code of the CTF.", max_length=2),
        ),
        migrations.AddField(
            model_name="import",
            name="by_person_id",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="import",
            name="file_size",
            field=models.PositiveBigIntegerField(help_text="Bytes.", null=True),
        ),
        migrations.AddField(
            model_name="import",
            name="finished_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="import",
            name="problems",
            field=models.JSONField(db_default=[], default=list),
        ),
        migrations.AddField(
            model_name="import",
            name="progress",
            field=models.PositiveSmallIntegerField(db_default=0, default=0, help_text="Per cent."),
        ),
        migrations.AddField(
            model_name="import",
            name="settled_by",
            field=models.CharField(
                blank=True, db_default="", default="", help_text="Who applied or discarded it.", max_length=200
            ),
        ),
        migrations.AddField(
            model_name="import",
            name="state",
            field=models.CharField(
                choices=[
                    ("uploaded", "Waiting to be checked"),
                    ("checking", "Being checked"),
                    ("refused", "Refused: there are errors to put right"),
                    ("ready", "Checked: look at what will change"),
                    ("to_apply", "Waiting to be applied"),
                    ("applying", "Being applied"),
                    ("applied", "Applied"),
                    ("discarded", "Discarded: nothing was changed"),
                    ("failed", "Failed: nothing was changed"),
                ],
                db_default="applied",
                default="applied",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="pupil",
            name="class_name",
            field=models.CharField(
                blank=True, db_default="", default="", help_text="Class or registration group.", max_length=20
            ),
        ),
        migrations.AddField(
            model_name="pupil",
            name="former_upn_index",
            field=models.CharField(blank=True, db_default="", default="", max_length=64),
        ),
        migrations.AddField(
            model_name="pupil",
            name="post_looked_after",
            field=models.CharField(
                blank=True, db_default="", default="", help_text="PLAA of the census.", max_length=1
            ),
        ),
        migrations.AddField(
            model_name="pupil",
            name="uln",
            field=sharing.fields.EncryptedTextField(editable=True, null=True),
        ),
        migrations.AddField(
            model_name="pupil",
            name="young_carer",
            field=models.CharField(blank=True, db_default="", default="", max_length=1),
        ),
        migrations.AddField(
            model_name="pupilneeds",
            name="as_of",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="pupilneeds",
            name="in_resourced_provision",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="pupilneeds",
            name="in_sen_unit",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="pupilneeds",
            name="source",
            field=models.CharField(db_default="", default="", max_length=100),
        ),
        migrations.AddField(
            model_name="staffmember",
            name="born_on",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="staffmember",
            name="disability",
            field=models.CharField(blank=True, db_default="", default="", max_length=4),
        ),
        migrations.AddField(
            model_name="staffmember",
            name="ethnicity",
            field=models.CharField(blank=True, db_default="", default="", max_length=4),
        ),
        migrations.AddField(
            model_name="staffmember",
            name="has_qts",
            field=models.BooleanField(null=True),
        ),
        migrations.AddField(
            model_name="staffmember",
            name="is_hlta",
            field=models.BooleanField(null=True),
        ),
        migrations.AddField(
            model_name="staffmember",
            name="is_senior_leader",
            field=models.BooleanField(null=True),
        ),
        migrations.AddField(
            model_name="staffmember",
            name="ni_number",
            field=sharing.fields.EncryptedTextField(editable=True, null=True),
        ),
        migrations.AddField(
            model_name="staffmember",
            name="person_index",
            field=models.CharField(blank=True, db_default="", default="", db_index=True, max_length=64),
        ),
        migrations.AddField(
            model_name="staffmember",
            name="sex",
            field=models.CharField(blank=True, db_default="", default="", max_length=1),
        ),
        migrations.AddField(
            model_name="staffmember",
            name="teacher_number",
            field=sharing.fields.EncryptedTextField(editable=True, null=True),
        ),
        migrations.AddField(
            model_name="transfer",
            name="answered_by_name",
            field=models.CharField(blank=True, db_default="", default="", max_length=200),
        ),
        migrations.AddField(
            model_name="transfer",
            name="asserted_at",
            field=models.DateTimeField(auto_now_add=True, db_default=django.db.models.functions.datetime.Now()),
        ),
        migrations.AddField(
            model_name="transfer",
            name="asserted_by_name",
            field=models.CharField(db_default="", default="", max_length=200),
        ),
        migrations.AddField(
            model_name="transfer",
            name="born_on",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="transfer",
            name="cancelled_by_name",
            field=models.CharField(blank=True, db_default="", default="", max_length=200),
        ),
        migrations.AddField(
            model_name="transfer",
            name="declined_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="transfer",
            name="declined_because",
            field=sharing.fields.EncryptedTextField(editable=True, null=True),
        ),
        migrations.AddField(
            model_name="transfer",
            name="file_sent_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="transfer",
            name="forename",
            field=models.CharField(db_default="", default="", max_length=100),
        ),
        migrations.AddField(
            model_name="transfer",
            name="from_establishment",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="sharing.establishment",
            ),
        ),
        migrations.AddField(
            model_name="transfer",
            name="from_name",
            field=models.CharField(blank=True, help_text="A school outside the community.", max_length=200),
        ),
        migrations.AddField(
            model_name="transfer",
            name="leaving",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="departures",
                to="sharing.pupil",
            ),
        ),
        migrations.AddField(
            model_name="transfer",
            name="sender_keeps_until",
            field=models.DateField(help_text="Last day on which the sender may make the CTF (R8).", null=True),
        ),
        migrations.AddField(
            model_name="transfer",
            name="sex",
            field=models.CharField(blank=True, db_default="", default="", max_length=1),
        ),
        migrations.AddField(
            model_name="transfer",
            name="surname",
            field=models.CharField(db_default="", default="", max_length=100),
        ),
        migrations.AddField(
            model_name="transfer",
            name="upn",
            field=sharing.fields.EncryptedTextField(editable=True, null=True),
        ),
        migrations.AddField(
            model_name="transfer",
            name="upn_index",
            field=models.CharField(blank=True, db_default="", default="", max_length=64),
        ),
        migrations.AddField(
            model_name="transfer",
            name="year_group",
            field=models.CharField(blank=True, db_default="", default="", max_length=2),
        ),
        migrations.AlterField(
            model_name="child",
            name="id",
            field=models.UUIDField(
                db_default=django.contrib.postgres.functions.RandomUUID(),
                default=uuid.uuid4,
                editable=False,
                primary_key=True,
                serialize=False,
            ),
        ),
        migrations.AlterField(
            model_name="establishmentpermission",
            name="withheld",
            field=django.contrib.postgres.fields.ArrayField(
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
                help_text="Kinds of pupil data that it does not open.",
                size=None,
            ),
        ),
        migrations.AlterField(
            model_name="import",
            name="as_of",
            field=models.DateField(null=True),
        ),
        migrations.AlterField(
            model_name="staffmember",
            name="id",
            field=models.UUIDField(
                db_default=django.contrib.postgres.functions.RandomUUID(),
                default=uuid.uuid4,
                editable=False,
                primary_key=True,
                serialize=False,
            ),
        ),
        migrations.AlterField(
            model_name="staffmember",
            name="starts_on",
            field=models.DateField(help_text="The first day here."),
        ),
        migrations.AlterField(
            model_name="transfer",
            name="agreed_on",
            field=models.DateField(help_text="The day on which the receiver accepted.", null=True),
        ),
        migrations.AlterField(
            model_name="transfer",
            name="pupil",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="transfers",
                to="sharing.pupil",
            ),
        ),
        migrations.AddConstraint(
            model_name="staffmember",
            constraint=models.UniqueConstraint(fields=("id", "establishment"), name="staff_with_its_establishment"),
        ),
        migrations.AddConstraint(
            model_name="transfer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("agreed_on__isnull", True), ("lapses_on__gte", models.F("agreed_on")), _connector="OR"
                ),
                name="transfer_lapses_after_agreement",
            ),
        ),
        migrations.AddConstraint(
            model_name="transfer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("agreed_on", None), ("pupil", None)),
                    models.Q(("agreed_on__isnull", False), ("pupil__isnull", False)),
                    _connector="OR",
                ),
                name="transfer_agreed_with_a_record",
            ),
        ),
        migrations.AddConstraint(
            model_name="transfer",
            constraint=models.CheckConstraint(
                condition=models.Q(("leaving__isnull", True), ("from_establishment__isnull", False), _connector="OR"),
                name="transfer_leaves_an_establishment",
            ),
        ),
        migrations.AddField(
            model_name="attendance",
            name="establishment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="sharing.establishment"
            ),
        ),
        migrations.AddField(
            model_name="attendance",
            name="pupil",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="%(class)s_rows", to="sharing.pupil"
            ),
        ),
        migrations.AddField(
            model_name="childmerge",
            name="child",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="sharing.child"),
        ),
        migrations.AddField(
            model_name="childmerge",
            name="into",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="sharing.child"),
        ),
        migrations.AddField(
            model_name="contact",
            name="establishment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="sharing.establishment"
            ),
        ),
        migrations.AddField(
            model_name="contact",
            name="pupil",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="%(class)s_rows", to="sharing.pupil"
            ),
        ),
        migrations.AddField(
            model_name="freemealsperiod",
            name="establishment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="sharing.establishment"
            ),
        ),
        migrations.AddField(
            model_name="freemealsperiod",
            name="pupil",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="%(class)s_rows", to="sharing.pupil"
            ),
        ),
        migrations.AddField(
            model_name="homeaddress",
            name="establishment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="sharing.establishment"
            ),
        ),
        migrations.AddField(
            model_name="homeaddress",
            name="pupil",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="%(class)s_rows", to="sharing.pupil"
            ),
        ),
        migrations.AddField(
            model_name="importpiece",
            name="of",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="pieces", to="sharing.import"
            ),
        ),
        migrations.AddField(
            model_name="pupilchange",
            name="establishment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="sharing.establishment"
            ),
        ),
        migrations.AddField(
            model_name="pupilchange",
            name="pupil",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="changes", to="sharing.pupil"
            ),
        ),
        migrations.AddField(
            model_name="result",
            name="establishment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="sharing.establishment"
            ),
        ),
        migrations.AddField(
            model_name="result",
            name="pupil",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="%(class)s_rows", to="sharing.pupil"
            ),
        ),
        migrations.AddField(
            model_name="senneed",
            name="establishment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="sharing.establishment"
            ),
        ),
        migrations.AddField(
            model_name="senneed",
            name="pupil",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="%(class)s_rows", to="sharing.pupil"
            ),
        ),
        migrations.AddField(
            model_name="staffabsence",
            name="establishment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="sharing.establishment"
            ),
        ),
        migrations.AddField(
            model_name="staffabsence",
            name="member",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="absences", to="sharing.staffmember"
            ),
        ),
        migrations.AddField(
            model_name="staffcontract",
            name="establishment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="sharing.establishment"
            ),
        ),
        migrations.AddField(
            model_name="staffcontract",
            name="member",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="contracts", to="sharing.staffmember"
            ),
        ),
        migrations.AddField(
            model_name="suspension",
            name="establishment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="sharing.establishment"
            ),
        ),
        migrations.AddField(
            model_name="suspension",
            name="pupil",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="%(class)s_rows", to="sharing.pupil"
            ),
        ),
        migrations.AddConstraint(
            model_name="attendance",
            constraint=models.UniqueConstraint(
                fields=("pupil", "academic_year", "term", "dfe_number"), name="one_count_for_each_term"
            ),
        ),
        migrations.AddConstraint(
            model_name="contact",
            constraint=models.UniqueConstraint(fields=("pupil", "order"), name="one_contact_for_each_place"),
        ),
        migrations.AddConstraint(
            model_name="freemealsperiod",
            constraint=models.UniqueConstraint(fields=("pupil", "starts_on"), name="one_period_for_each_start"),
        ),
        migrations.AddConstraint(
            model_name="homeaddress",
            constraint=models.UniqueConstraint(fields=("pupil",), name="one_home_address"),
        ),
        migrations.AddConstraint(
            model_name="importpiece",
            constraint=models.UniqueConstraint(fields=("of", "number"), name="one_piece_for_each_number"),
        ),
        migrations.AddConstraint(
            model_name="result",
            constraint=models.UniqueConstraint(
                fields=("pupil", "stage", "academic_year", "subject", "component"),
                name="one_result_for_each_subject",
            ),
        ),
        migrations.AddConstraint(
            model_name="senneed",
            constraint=models.UniqueConstraint(fields=("pupil", "rank"), name="one_need_for_each_rank"),
        ),
        migrations.AddConstraint(
            model_name="staffabsence",
            constraint=models.UniqueConstraint(
                fields=("member", "first_day", "category"), name="one_absence_for_each_first_day"
            ),
        ),
        migrations.AddConstraint(
            model_name="staffcontract",
            constraint=models.UniqueConstraint(
                fields=("member", "starts_on", "post"), name="one_contract_for_each_start"
            ),
        ),
        migrations.AddConstraint(
            model_name="suspension",
            constraint=models.UniqueConstraint(
                fields=("pupil", "category", "starts_on"), name="one_suspension_for_each_start"
            ),
        ),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.RunSQL(MOVE, migrations.RunSQL.noop),
        migrations.RemoveField(
            model_name="staffmember",
            name="contract",
        ),
        migrations.RemoveField(
            model_name="staffmember",
            name="hours",
        ),
        migrations.RemoveField(
            model_name="staffmember",
            name="post",
        ),
        migrations.RemoveField(
            model_name="transfer",
            name="from_urn",
        ),
        migrations.DeleteModel(
            name="PupilAttendance",
        ),
        migrations.RunSQL(SAME_ESTABLISHMENT, migrations.RunSQL.noop),
        migrations.RunSQL(NOT_THE_APPLICATIONS, migrations.RunSQL.noop),
        *[migrations.RunSQL(protect(table), unprotect(table)) for table in NEW],
        migrations.RunSQL(replace_reads("sharing_transfer", TRANSFERS_THEN), migrations.RunSQL.noop),
    ]
