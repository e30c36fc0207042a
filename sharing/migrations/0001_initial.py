import datetime
import uuid

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.functions
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
from django.conf import settings
from django.contrib.postgres.operations import (
    BtreeGistExtension,
    CreateExtension,
    TrigramExtension,
    UnaccentExtension,
)
from django.db import migrations, models

import sharing.dates
import sharing.fields
import sharing.models.plain
from sharing.migrating import CreateModels
from sharing.rules import IN_INDEXES, text_of


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("access_register", "0001_person"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        BtreeGistExtension(),
        TrigramExtension(),
        UnaccentExtension(),
        CreateExtension("fuzzystrmatch"),  # since 0010, for what IN_INDEXES says today
        migrations.RunSQL(text_of(IN_INDEXES)),
        CreateModels(
            [
                migrations.CreateModel(
                    name="AdvicePage",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("slug", models.SlugField(max_length=60, unique=True)),
                        ("form_key", models.UUIDField(default=uuid.uuid4, unique=True)),
                    ],
                ),
                migrations.CreateModel(
                    name="AdviceVersion",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("number", models.PositiveSmallIntegerField()),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("draft", "Draft"),
                                    ("waiting", "Waits for agreement"),
                                    ("published", "Published"),
                                    ("replaced", "Replaced by a later version"),
                                    ("taken_down", "Taken down"),
                                    ("discarded", "Discarded before it was published"),
                                ],
                                default="draft",
                                max_length=10,
                            ),
                        ),
                        ("edits", models.PositiveIntegerField(default=1)),
                        ("title", models.CharField(max_length=100)),
                        ("summary", models.CharField(max_length=200)),
                        ("owner", models.CharField(max_length=100)),
                        ("text", models.TextField()),
                        ("review_on", models.DateField()),
                        ("published_at", models.DateTimeField(null=True)),
                        (
                            "page",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="versions",
                                to="sharing.advicepage",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("page", "number"), name="advice_versions_are_numbered"),
                            models.UniqueConstraint(
                                condition=models.Q(("state", "published")), fields=("page",), name="one_advice_is_out"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("state__in", ["draft", "waiting"])),
                                fields=("page",),
                                name="one_advice_is_in_hand",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("published_at__isnull", False),
                                        ("state__in", ["published", "replaced", "taken_down"]),
                                    ),
                                    models.Q(("published_at", None), ("state__in", ["draft", "waiting", "discarded"])),
                                    _connector="OR",
                                ),
                                name="advice_is_out_since",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AdviceStep",
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
                                    ("written", "Written"),
                                    ("asked", "Agreement asked for"),
                                    ("handed_back", "Handed back"),
                                    ("published", "Agreed and published"),
                                    ("taken_down", "Taken down"),
                                    ("discarded", "Discarded"),
                                ],
                                max_length=11,
                            ),
                        ),
                        ("at", models.DateTimeField()),
                        ("by_id", models.BigIntegerField()),
                        ("by_name", models.CharField(max_length=200)),
                        ("because", models.CharField(blank=True, db_default="", default="", max_length=300)),
                        (
                            "version",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="steps",
                                to="sharing.adviceversion",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["version", "at"], name="steps_of_advice")],
                    },
                ),
                migrations.CreateModel(
                    name="Child",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                db_default=django.contrib.postgres.functions.RandomUUID(),
                                default=uuid.uuid4,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("upn_index", models.CharField(max_length=64)),
                        (
                            "same_as",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="other_upns",
                                to="sharing.child",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [models.UniqueConstraint(fields=("upn_index",), name="one_child_for_each_upn")],
                    },
                ),
                migrations.CreateModel(
                    name="ChildMerge",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("moved", models.JSONField(default=list, help_text="Ids of the pupil records that moved.")),
                        ("because", models.CharField(max_length=300)),
                        ("at", models.DateTimeField(auto_now_add=True)),
                        ("by_name", models.CharField(max_length=200)),
                        ("undone_at", models.DateTimeField(null=True)),
                        ("undone_by_name", models.CharField(blank=True, max_length=200)),
                        (
                            "child",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="sharing.child"
                            ),
                        ),
                        (
                            "into",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="sharing.child"
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Closing",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "named",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.BigIntegerField(), db_default=[], default=list, size=None
                            ),
                        ),
                        (
                            "authoriser",
                            models.CharField(help_text="Who has decided it, by name and post.", max_length=200),
                        ),
                        (
                            "basis",
                            models.CharField(
                                choices=[
                                    ("court", "Order of a court"),
                                    ("protection", "Child protection (Children Act 1989)"),
                                    ("witness", "Protected person or witness"),
                                    ("adoption", "Adoption (Adoption and Children Act 2002)"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("reason", sharing.fields.EncryptedTextField(editable=True, null=True)),
                        ("head_barred", models.BooleanField(default=False)),
                        ("starts_at", models.DateTimeField()),
                        ("ends_at", models.DateTimeField(help_text="The first instant at which it closes nothing.")),
                        ("asked_by_id", models.BigIntegerField()),
                        ("asked_by_name", models.CharField(max_length=200)),
                        ("agreed_by_id", models.BigIntegerField(null=True)),
                        ("agreed_by_name", models.CharField(blank=True, db_default="", default="", max_length=200)),
                        ("agreed_at", models.DateTimeField(null=True)),
                        ("ended_by_name", models.CharField(blank=True, db_default="", default="", max_length=200)),
                        ("ended_at", models.DateTimeField(null=True)),
                        (
                            "child",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="sharing.child"
                            ),
                        ),
                        (
                            "warned_at",
                            models.DateTimeField(
                                help_text="When people were told that it is about to lapse.", null=True
                            ),
                        ),
                        (
                            "lapse_told_at",
                            models.DateTimeField(help_text="When people were told that it has lapsed.", null=True),
                        ),
                        ("is_renewal", models.BooleanField(db_default=False, default=False)),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("ends_at__gt", models.F("starts_at")),
                                    (
                                        "ends_at__lt",
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("starts_at"), "+", models.Value(datetime.timedelta(days=367))
                                        ),
                                    ),
                                ),
                                name="closing_of_a_year_at_most",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("agreed_by_id", None),
                                    models.Q(("agreed_by_id", models.F("asked_by_id")), _negated=True),
                                    _connector="OR",
                                ),
                                name="closing_of_two_people",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Dataset",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("slug", models.SlugField(unique=True)),
                        ("name", models.CharField(max_length=100)),
                        ("owner", models.CharField(help_text="The team that answers for it.", max_length=100)),
                        (
                            "source",
                            models.CharField(help_text="Who counted, and in which return or file.", max_length=200),
                        ),
                        ("description", models.TextField()),
                        (
                            "is_published_elsewhere",
                            models.BooleanField(
                                default=False,
                                help_text="The Department for Education has published these figures already.",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Disposal",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("number", models.UUIDField(default=uuid.uuid4, unique=True)),
                        ("as_of", models.DateField(help_text="What is due on this day.")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("asked", "Being counted"),
                                    ("counted", "Waits for a second person"),
                                    ("approved", "Approved: being done"),
                                    ("done", "Done"),
                                    ("refused", "Not approved"),
                                    ("overtaken", "Stopped: more is due than was approved. Ask again for what is left"),
                                    ("failed", "Could not be done"),
                                ],
                                default="asked",
                                max_length=9,
                            ),
                        ),
                        (
                            "asked_at",
                            models.DateTimeField(
                                auto_now_add=True, db_default=django.db.models.functions.datetime.Now()
                            ),
                        ),
                        ("asked_by_id", models.BigIntegerField(null=True)),
                        ("asked_by_name", models.CharField(max_length=200)),
                        ("decided_at", models.DateTimeField(null=True)),
                        ("decided_by_id", models.BigIntegerField(null=True)),
                        ("decided_by_name", models.CharField(blank=True, db_default="", default="", max_length=200)),
                        ("done_at", models.DateTimeField(null=True)),
                        (
                            "gone",
                            models.PositiveBigIntegerField(
                                db_default=0, default=0, help_text="Rows disposed of, as portal_keys counts."
                            ),
                        ),
                        ("tries", models.PositiveSmallIntegerField(db_default=0, default=0)),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("decided_by_id", None),
                                    models.Q(("decided_by_id", models.F("asked_by_id")), _negated=True),
                                    _connector="OR",
                                ),
                                name="disposal_of_two_people",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state__in", ["approved", "done"]), _negated=True),
                                    ("decided_at__isnull", False),
                                    _connector="OR",
                                ),
                                name="disposal_is_approved",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Establishment",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("urn", models.PositiveIntegerField(unique=True, verbose_name="URN")),
                        ("la_code", models.PositiveSmallIntegerField(verbose_name="LA code")),
                        ("establishment_number", models.PositiveSmallIntegerField(null=True)),
                        ("name", models.CharField(max_length=200)),
                        (
                            "kind",
                            models.CharField(
                                blank=True,
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
                                help_text="Empty: outside the community.",
                                max_length=20,
                            ),
                        ),
                        ("type_code", models.PositiveSmallIntegerField(null=True)),
                        ("type_name", models.CharField(blank=True, max_length=100)),
                        ("phase_code", models.PositiveSmallIntegerField(null=True)),
                        ("phase_name", models.CharField(blank=True, max_length=50)),
                        ("status_code", models.PositiveSmallIntegerField(null=True)),
                        ("status_name", models.CharField(blank=True, max_length=50)),
                        ("open_date", models.DateField(null=True)),
                        ("close_date", models.DateField(null=True)),
                        ("low_age", models.PositiveSmallIntegerField(null=True)),
                        ("high_age", models.PositiveSmallIntegerField(null=True)),
                        ("gender_name", models.CharField(blank=True, max_length=30)),
                        ("capacity", models.PositiveIntegerField(null=True)),
                        ("number_of_pupils", models.PositiveIntegerField(null=True)),
                        ("street", models.CharField(blank=True, max_length=100)),
                        ("address3", models.CharField(blank=True, max_length=100)),
                        (
                            "locality_line",
                            models.CharField(
                                blank=True, help_text="GIAS's address line, not the Locality.", max_length=100
                            ),
                        ),
                        ("town", models.CharField(blank=True, max_length=100)),
                        ("postcode", models.CharField(blank=True, max_length=10)),
                        ("telephone", models.CharField(blank=True, max_length=30)),
                        ("website", models.CharField(blank=True, max_length=200)),
                        ("head_title", models.CharField(blank=True, max_length=30)),
                        ("head_job_title", models.CharField(blank=True, max_length=100)),
                        ("lsoa_code", models.CharField(blank=True, max_length=9, verbose_name="LSOA")),
                        ("ward_code", models.CharField(blank=True, max_length=9)),
                        ("ukprn", models.CharField(blank=True, max_length=8, verbose_name="UKPRN")),
                        ("trust_name", models.CharField(blank=True, max_length=200)),
                        ("religious_character", models.CharField(blank=True, max_length=100)),
                        (
                            "source",
                            models.CharField(help_text="Where these facts come from, in words.", max_length=100),
                        ),
                        ("as_of", models.DateField(help_text="The day on which the source said so.")),
                        (
                            "goes_on_as",
                            models.OneToOneField(
                                help_text="The URN under which this same establishment goes on, beyond doubt; each has one before it at most.",
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="went_before",
                                to="sharing.establishment",
                            ),
                        ),
                        (
                            "reason_opened_code",
                            models.PositiveSmallIntegerField(help_text="Of GIAS, as 1 for an amalgamation.", null=True),
                        ),
                        (
                            "reason_closed_code",
                            models.PositiveSmallIntegerField(help_text="Of GIAS, as 1 for a merger.", null=True),
                        ),
                    ],
                    options={
                        "permissions": [
                            ("view_pupils", "Can see pupil information"),
                            ("view_staff", "Can see staff information"),
                            ("manage_register", "Can see and keep the Access Register"),
                            ("keep_records", "Can bring in files, arrange transfers and answer challenges"),
                            ("manage_duties", "Can record officers and their duties"),
                            ("view_restricted", "Can see and keep the confidential items of an establishment"),
                        ],
                        "indexes": [
                            models.Index(
                                fields=["la_code", "establishment_number"], name="sharing_est_la_code_5dcebe_idx"
                            ),
                            models.Index(
                                sharing.models.plain.Plain("name"), models.F("urn"), name="establishments_in_order"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="DisposalLine",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("kind", models.CharField(help_text="A key of sharing.retention.schedules.", max_length=20)),
                        ("counted", models.PositiveIntegerField()),
                        ("disposed", models.PositiveIntegerField(db_default=0, default=0)),
                        (
                            "disposal",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="sharing.disposal"
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
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("disposal", "kind", "establishment"),
                                name="one_line_for_each_kind",
                                nulls_distinct=False,
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Download",
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
                        (
                            "form",
                            models.CharField(
                                choices=[
                                    ("xlsx", "Excel workbook, encrypted"),
                                    ("pdf", "PDF, encrypted"),
                                    ("paper", "A page to print"),
                                    ("xml", "Common Transfer File, not encrypted"),
                                ],
                                max_length=5,
                            ),
                        ),
                        (
                            "purpose",
                            models.CharField(
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
                        ("by_person_id", models.BigIntegerField()),
                        ("by_name", models.CharField(max_length=200)),
                        ("through", models.CharField(max_length=20)),
                        ("asked_at", models.DateTimeField(auto_now_add=True)),
                        ("dispose_by", models.DateField()),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("waiting", "Waiting to be made"),
                                    ("making", "Being made"),
                                    ("ready", "Ready to collect"),
                                    ("collected", "Collected"),
                                    ("lapsed", "Not collected, deleted"),
                                    ("failed", "Could not be made"),
                                ],
                                max_length=9,
                            ),
                        ),
                        ("tries", models.PositiveSmallIntegerField(db_default=0, default=0)),
                        ("progress", models.PositiveSmallIntegerField(db_default=0, default=0, help_text="Per cent.")),
                        ("rows", models.PositiveIntegerField(db_default=0, default=0)),
                        ("size", models.PositiveIntegerField(db_default=0, default=0)),
                        ("made_at", models.DateTimeField(null=True)),
                        ("collected_at", models.DateTimeField(null=True)),
                        ("disposed_at", models.DateTimeField(null=True)),
                        (
                            "disposed_how",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("deleted", "Deleted from every place I kept it, and from the recycle bin"),
                                    ("shredded", "Shredded"),
                                    ("both", "The file is deleted, and what was printed is shredded"),
                                    ("handed-on", "Sent to the school it was made for, and deleted here"),
                                    ("never-had", "It never reached me or I could not open it"),
                                    ("written", "They have no access any more, and wrote that it is destroyed"),
                                ],
                                db_default="",
                                default="",
                                max_length=9,
                            ),
                        ),
                        ("reminded_on", models.DateField(null=True)),
                        (
                            "establishment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="sharing.establishment",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["by_person_id", "asked_at"], name="sharing_dow_by_pers_b724a7_idx"),
                            models.Index(
                                condition=models.Q(("disposed_at", None), ("state", "collected")),
                                fields=["dispose_by"],
                                name="downloads_kept",
                            ),
                            models.Index(
                                condition=models.Q(("state__in", ["waiting", "making", "ready"])),
                                fields=["asked_at"],
                                name="downloads_here",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("collected_at__isnull", False), ("state", "collected")),
                                    models.Q(
                                        models.Q(("state", "collected"), _negated=True),
                                        ("collected_at", None),
                                        ("disposed_at", None),
                                    ),
                                    _connector="OR",
                                ),
                                name="download_collected_at_a_time",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("disposed_at", None), ("disposed_how", "")),
                                    models.Q(
                                        ("disposed_at__isnull", False), models.Q(("disposed_how", ""), _negated=True)
                                    ),
                                    _connector="OR",
                                ),
                                name="download_destroyed_somehow",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="DownloadPiece",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("number", models.PositiveSmallIntegerField()),
                        ("sealed", models.BinaryField()),
                        (
                            "of",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="pieces",
                                to="sharing.download",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("of", "number"), name="one_piece_of_a_download_at_a_place")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="DownloadSecret",
                    fields=[
                        (
                            "of",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                primary_key=True,
                                related_name="secret",
                                serialize=False,
                                to="sharing.download",
                            ),
                        ),
                        ("asked", sharing.fields.EncryptedTextField(editable=True, null=True)),
                        ("passphrase", sharing.fields.EncryptedTextField(editable=True, null=True)),
                        (
                            "year_groups",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=2), db_default=[], default=list, size=None
                            ),
                        ),
                        (
                            "withheld",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=20), db_default=[], default=list, size=None
                            ),
                        ),
                        (
                            "pupils",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.UUIDField(), db_default=[], default=list, size=None
                            ),
                        ),
                        (
                            "staff",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.UUIDField(), db_default=[], default=list, size=None
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="EstablishmentLink",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("urn", models.PositiveIntegerField()),
                        ("link_urn", models.PositiveIntegerField()),
                        ("link_name", models.CharField(max_length=200)),
                        ("link_type", models.CharField(max_length=100)),
                        ("established_on", models.DateField(null=True)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("urn", "link_urn", "link_type"), name="one_row_for_each_link"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="EstablishmentPermission",
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
                        ("starts_on", models.DateField()),
                        ("ends_on", models.DateField(help_text="The last day it holds.", null=True)),
                        (
                            "source",
                            models.CharField(
                                help_text="What it follows from: line:7, appointment:3, duty:2.", max_length=40
                            ),
                        ),
                        (
                            "reason",
                            models.CharField(
                                help_text="Why the person has it, in words the person can read.", max_length=500
                            ),
                        ),
                        (
                            "content_object",
                            models.ForeignKey(
                                db_column="establishment_id",
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="sharing.establishment",
                            ),
                        ),
                        (
                            "permission",
                            models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="auth.permission"),
                        ),
                        (
                            "user",
                            models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL),
                        ),
                        (
                            "year_groups",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=2),
                                db_default=[],
                                default=list,
                                help_text="Empty: pupils of every year group.",
                                size=None,
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
                                help_text="Kinds of pupil data that it does not open.",
                                size=None,
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["content_object", "source"], name="sharing_est_establi_b62d38_idx"),
                            models.Index(fields=["source"], name="sharing_est_source_667d73_idx"),
                            models.Index(
                                fields=["user", "permission"],
                                include=("content_object", "through", "starts_on", "ends_on"),
                                name="held_by_a_person",
                            ),
                            models.Index(
                                condition=models.Q(("year_groups", []), _negated=True),
                                fields=["user"],
                                name="narrowed_for_a_person",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("user", "permission", "content_object", "source", "starts_on"),
                                name="one_row_for_each_source",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Import",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("kind", models.CharField(max_length=30)),
                        ("file_hash", models.CharField(max_length=64)),
                        ("at", models.DateTimeField(auto_now_add=True)),
                        ("by", models.CharField(max_length=200)),
                        ("as_of", models.DateField(null=True)),
                        ("report", models.JSONField(default=dict)),
                        (
                            "establishment",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.PROTECT, to="sharing.establishment"
                            ),
                        ),
                        ("by_person_id", models.BigIntegerField(null=True)),
                        ("file_size", models.PositiveBigIntegerField(help_text="Bytes.", null=True)),
                        ("finished_at", models.DateTimeField(null=True)),
                        ("problems", models.JSONField(db_default=[], default=list)),
                        ("progress", models.PositiveSmallIntegerField(db_default=0, default=0, help_text="Per cent.")),
                        (
                            "settled_by",
                            models.CharField(
                                blank=True,
                                db_default="",
                                default="",
                                help_text="Who applied or discarded it.",
                                max_length=200,
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
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
                        (
                            "tries",
                            models.PositiveSmallIntegerField(
                                db_default=0,
                                default=0,
                                help_text="How often the worker has begun to check, or to apply, it.",
                            ),
                        ),
                        (
                            "file_name",
                            sharing.fields.EncryptedTextField(db_column="sealed_file_name", editable=True, null=True),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["kind", "file_hash"], name="sharing_imp_kind_34dc05_idx")],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(
                                    ("state__in", ["uploaded", "checking", "ready", "to_apply", "applying"])
                                ),
                                fields=("establishment", "kind", "file_hash"),
                                name="one_conversation_about_a_file",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(
                                    ("establishment", None),
                                    ("state__in", ["uploaded", "checking", "ready", "to_apply", "applying"]),
                                ),
                                fields=("kind", "file_hash"),
                                name="one_conversation_about_a_file_of_all",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ImportPiece",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("number", models.PositiveIntegerField()),
                        ("sealed", models.BinaryField()),
                        (
                            "of",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="pieces", to="sharing.import"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("of", "number"), name="one_piece_for_each_number")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="LedgerEntry",
                    fields=[
                        ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                        ("at", models.DateTimeField()),
                        ("person_id", models.BigIntegerField(null=True)),
                        ("person_name", models.CharField(max_length=200)),
                        ("through", models.CharField(max_length=20)),
                        ("action", models.CharField(max_length=50)),
                        ("permission", models.CharField(max_length=50)),
                        ("urn", models.PositiveIntegerField(null=True)),
                        (
                            "outcome",
                            models.CharField(
                                choices=[("shown", "Shown"), ("refused", "Refused"), ("changed", "Changed")],
                                max_length=10,
                            ),
                        ),
                        ("about", models.JSONField(default=dict, help_text="Whose records, or how many.")),
                        ("purpose", models.TextField(blank=True)),
                        ("previous_hash", models.BinaryField()),
                        ("hash", models.BinaryField()),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["urn", "id"], name="ledger_of_an_establishment"),
                            models.Index(fields=["person_id", "id"], name="ledger_of_a_person"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="LegalHold",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("reason", sharing.fields.EncryptedTextField(editable=True, null=True)),
                        (
                            "until",
                            models.DateField(help_text="The last day; without one, until it is lifted.", null=True),
                        ),
                        (
                            "placed_at",
                            models.DateTimeField(
                                auto_now_add=True, db_default=django.db.models.functions.datetime.Now()
                            ),
                        ),
                        ("placed_by_id", models.BigIntegerField()),
                        ("placed_by_name", models.CharField(max_length=200)),
                        ("lifted_at", models.DateTimeField(null=True)),
                        ("lifted_by_name", models.CharField(blank=True, db_default="", default="", max_length=200)),
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
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("child", None), ("establishment__isnull", False)),
                                    models.Q(("child__isnull", False), ("establishment", None)),
                                    _connector="OR",
                                ),
                                name="hold_is_of_one_thing",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ListedType",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("type_code", models.PositiveSmallIntegerField()),
                        (
                            "kind",
                            models.CharField(
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
                        ),
                        ("reason", models.CharField(max_length=300)),
                        ("decided_on", models.DateField()),
                        ("recorded_by_name", models.CharField(max_length=200)),
                        ("recorded_at", models.DateTimeField(auto_now_add=True)),
                        ("ends_on", models.DateField(help_text="The last day on which it counts.", null=True)),
                        ("ended_reason", models.CharField(blank=True, db_default="", default="", max_length=300)),
                        ("ended_by_name", models.CharField(blank=True, db_default="", default="", max_length=200)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("ends_on", None)),
                                fields=("type_code",),
                                name="type_listed_once_at_a_time",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Locality",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", models.CharField(max_length=100, unique=True)),
                    ],
                ),
                migrations.CreateModel(
                    name="LocalityMembership",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("starts_on", models.DateField()),
                        ("ends_on", models.DateField(null=True)),
                        (
                            "establishment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="localities",
                                to="sharing.establishment",
                            ),
                        ),
                        (
                            "locality",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="memberships",
                                to="sharing.locality",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            django.contrib.postgres.constraints.ExclusionConstraint(
                                expressions=[("establishment", "="), (sharing.dates.DateRange(), "&&")],
                                name="one_locality_at_a_time",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="LocalityMove",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("on", models.DateField(help_text="The first day in the new Locality.")),
                        (
                            "stretch_was_to_end_on",
                            models.DateField(help_text="The last day in the former, before this move.", null=True),
                        ),
                        ("reason", models.CharField(max_length=300)),
                        ("recorded_by_id", models.BigIntegerField()),
                        ("recorded_by_name", models.CharField(max_length=200)),
                        ("recorded_at", models.DateTimeField(auto_now_add=True)),
                        ("taken_back_at", models.DateTimeField(null=True)),
                        ("taken_back_by_name", models.CharField(blank=True, db_default="", default="", max_length=200)),
                        (
                            "establishment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="moves",
                                to="sharing.establishment",
                            ),
                        ),
                        (
                            "from_locality",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="sharing.locality",
                            ),
                        ),
                        (
                            "to_locality",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="sharing.locality"
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["establishment", "on"], name="sharing_loc_establi_7b6505_idx")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Measure",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("code", models.SlugField(unique=True)),
                        ("name", models.CharField(max_length=150)),
                        (
                            "unit",
                            models.CharField(
                                choices=[
                                    ("percent", "per cent"),
                                    ("number", "number"),
                                    ("score", "score"),
                                    ("points", "points"),
                                    ("rate", "for each 100 pupils"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("decimals", models.PositiveSmallIntegerField(default=0)),
                        (
                            "denominator",
                            models.CharField(help_text="Of whom: the pupils counted as the whole.", max_length=200),
                        ),
                        (
                            "direction",
                            models.CharField(
                                choices=[
                                    ("higher", "A higher figure is better"),
                                    ("lower", "A lower figure is better"),
                                    ("neither", "Neither is better"),
                                ],
                                max_length=10,
                            ),
                        ),
                        (
                            "is_outcome",
                            models.BooleanField(
                                help_text="What pupils achieve, attend or are excluded from: never an order."
                            ),
                        ),
                        ("definition", models.TextField()),
                        (
                            "phases",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=20),
                                default=list,
                                help_text="Empty: every phase.",
                                size=None,
                            ),
                        ),
                        ("place", models.PositiveSmallIntegerField(default=0, help_text="Order on a page.")),
                        (
                            "dataset",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="measures",
                                to="sharing.dataset",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="MisuseReport",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "page",
                            models.CharField(
                                choices=[
                                    ("key-data", "Key Data of an establishment"),
                                    ("deeper", "Deeper Data of an establishment"),
                                    ("reports", "A standard report of an establishment"),
                                    ("establishment", "The page of an establishment"),
                                    ("establishments", "The list of establishments"),
                                    ("school-finder", "The School Finder"),
                                    ("statistics", "A table of statistics that names establishments"),
                                ],
                                max_length=14,
                            ),
                        ),
                        ("measure", models.SlugField(blank=True, db_default="", default="")),
                        (
                            "releases",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.BigIntegerField(), db_default=[], default=list, size=None
                            ),
                        ),
                        ("happened", sharing.fields.EncryptedTextField(editable=True, null=True)),
                        ("who", sharing.fields.EncryptedTextField(editable=True, null=True)),
                        ("form_key", models.UUIDField(default=uuid.uuid4)),
                        ("reported_by_id", models.BigIntegerField()),
                        ("reported_by_name", models.CharField(max_length=200)),
                        ("reported_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("reported", "Waiting to be looked at"),
                                    ("acknowledged", "Being looked into"),
                                    ("closed", "Closed"),
                                ],
                                db_default="reported",
                                default="reported",
                                max_length=12,
                            ),
                        ),
                        ("acknowledged_at", models.DateTimeField(null=True)),
                        (
                            "acknowledged_by_name",
                            models.CharField(blank=True, db_default="", default="", max_length=200),
                        ),
                        (
                            "outcome",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("no_misuse", "No misuse"),
                                    ("advice", "No misuse, but advice was given"),
                                    ("to_refer", "To be referred to the Locality Achievement Partnership"),
                                ],
                                db_default="",
                                default="",
                                max_length=9,
                            ),
                        ),
                        ("answer", sharing.fields.EncryptedTextField(editable=True, null=True)),
                        ("closed_at", models.DateTimeField(null=True)),
                        ("closed_by_name", models.CharField(blank=True, db_default="", default="", max_length=200)),
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
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("reported_by_id", "form_key"), name="one_report_for_each_form"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("closed_at__isnull", False),
                                        ("state", "closed"),
                                        models.Q(("outcome", ""), _negated=True),
                                    ),
                                    models.Q(
                                        models.Q(("state", "closed"), _negated=True),
                                        ("closed_at", None),
                                        ("outcome", ""),
                                    ),
                                    _connector="OR",
                                ),
                                name="misuse_closed_with_an_outcome",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="NamedChild",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("person_id", models.BigIntegerField()),
                        ("person_name", models.CharField(max_length=200)),
                        ("through", models.CharField(max_length=20)),
                        (
                            "withheld",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=20), db_default=[], default=list, size=None
                            ),
                        ),
                        ("source", models.CharField(max_length=40)),
                        (
                            "reason",
                            models.CharField(
                                help_text="Why the person sees the child, in words the person can read.", max_length=500
                            ),
                        ),
                        ("head_barred", models.BooleanField(default=False)),
                        ("starts_on", models.DateField()),
                        ("ends_on", models.DateField(help_text="The last day it opens anything.")),
                        ("ended_at", models.DateTimeField(help_text="Ended before its time.", null=True)),
                        ("named_by_name", models.CharField(max_length=200)),
                        ("named_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "child",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="sharing.child"
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("ended_at", None)),
                                fields=["person_id"],
                                name="children_named_for_a_person",
                            ),
                            models.Index(fields=["source"], name="children_named_by_a_source"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("ended_at", None)),
                                fields=("child", "source"),
                                name="child_named_once",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="OwnGroup",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(choices=[("criteria", "By criteria"), ("hand", "By hand")], max_length=10),
                        ),
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
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="sharing.establishment",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("id", "establishment"), name="own_group_with_its_establishment"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("archived_at", None)),
                                fields=("establishment", "made_by_id", "name_index"),
                                name="one_own_group_of_each_name",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="OwnList",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("year_group", models.CharField(blank=True, default="", max_length=2)),
                        ("class_name", models.CharField(blank=True, default="", max_length=20)),
                        (
                            "establishment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="sharing.establishment",
                            ),
                        ),
                        (
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("person", "establishment"), name="one_own_list_each")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ParityRun",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("started_at", models.DateTimeField()),
                        ("ended_at", models.DateTimeField()),
                        ("is_whole", models.BooleanField(help_text="Every establishment, not a sample.")),
                        ("establishments", models.PositiveIntegerField()),
                        ("pages", models.PositiveIntegerField()),
                        ("figures", models.PositiveIntegerField()),
                        ("differences", models.PositiveIntegerField()),
                        ("about", models.JSONField(db_default={}, default=dict)),
                    ],
                    options={
                        "indexes": [models.Index(fields=["-ended_at"], name="last_comparison")],
                    },
                ),
                migrations.CreateModel(
                    name="Participation",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("starts_on", models.DateField()),
                        ("ends_on", models.DateField(help_text="The last day of taking part.", null=True)),
                        ("ended_because", models.CharField(blank=True, max_length=200)),
                        (
                            "establishment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="participations",
                                to="sharing.establishment",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            django.contrib.postgres.constraints.ExclusionConstraint(
                                expressions=[("establishment", "="), (sharing.dates.DateRange(), "&&")],
                                name="one_participation_at_a_time",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Pupil",
                    fields=[
                        ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ("upn", sharing.fields.EncryptedTextField(editable=True, null=True)),
                        ("former_upn", sharing.fields.EncryptedTextField(editable=True, null=True)),
                        ("upn_index", models.CharField(max_length=64)),
                        ("surname", models.CharField(max_length=100)),
                        ("forename", models.CharField(max_length=100)),
                        ("middle_names", models.CharField(blank=True, max_length=100)),
                        ("preferred_surname", models.CharField(blank=True, max_length=100)),
                        ("born_on", models.DateField()),
                        ("sex", models.CharField(max_length=1)),
                        ("ethnicity", models.CharField(blank=True, max_length=4)),
                        ("language", models.CharField(blank=True, max_length=4)),
                        (
                            "year_group",
                            models.CharField(
                                blank=True, help_text="NCyearActual: R, 1 ... 14, N1, N2, E1, E2, X.", max_length=2
                            ),
                        ),
                        ("free_school_meals", models.BooleanField(default=False)),
                        ("service_child", models.CharField(blank=True, max_length=1)),
                        ("part_time", models.BooleanField(default=False)),
                        ("boarder", models.CharField(blank=True, max_length=1)),
                        ("visible", sharing.fields.DateMultiRangeField(db_default=models.Value("{}"), editable=False)),
                        ("source", models.CharField(max_length=100)),
                        ("as_of", models.DateField()),
                        (
                            "child",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="records", to="sharing.child"
                            ),
                        ),
                        (
                            "establishment",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="pupils",
                                to="sharing.establishment",
                            ),
                        ),
                        (
                            "class_name",
                            models.CharField(
                                blank=True,
                                db_default="",
                                default="",
                                help_text="Class or registration group.",
                                max_length=20,
                            ),
                        ),
                        ("former_upn_index", models.CharField(blank=True, db_default="", default="", max_length=64)),
                        (
                            "post_looked_after",
                            models.CharField(
                                blank=True, db_default="", default="", help_text="PLAA of the census.", max_length=1
                            ),
                        ),
                        ("uln", sharing.fields.EncryptedTextField(editable=True, null=True)),
                        ("young_carer", models.CharField(blank=True, db_default="", default="", max_length=1)),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                models.F("establishment"),
                                sharing.models.plain.Plain("surname"),
                                sharing.models.plain.Plain("forename"),
                                models.F("id"),
                                include=("visible", "year_group"),
                                name="pupils_in_order_of_names",
                            ),
                            models.Index(
                                models.Func("establishment", "as_of", function="sharing_record_day"),
                                name="pupils_by_record_day",
                            ),
                            models.Index(fields=["upn_index"], name="pupils_by_upn"),
                            models.Index(fields=["born_on", "surname", "forename"], name="pupils_by_birth_and_name"),
                            models.Index(
                                condition=models.Q(("former_upn_index", ""), _negated=True),
                                fields=["former_upn_index"],
                                name="pupils_by_former_upn",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("establishment", "child"), name="one_record_for_each_child"
                            ),
                            models.UniqueConstraint(
                                fields=("id", "establishment"), name="pupil_with_its_establishment"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Attendance",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
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
                        (
                            "establishment",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="sharing.establishment",
                            ),
                        ),
                        (
                            "pupil",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="%(class)s_rows",
                                to="sharing.pupil",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["establishment", "academic_year", "term"], name="attendance_by_term")
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("pupil", "academic_year", "term", "dfe_number"), name="one_count_for_each_term"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Contact",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("source", models.CharField(db_default="", default="", max_length=100)),
                        ("as_of", models.DateField(null=True)),
                        ("order", models.PositiveSmallIntegerField()),
                        ("relationship", models.CharField(blank=True, max_length=3)),
                        ("has_responsibility", models.BooleanField(null=True)),
                        ("name", sharing.fields.EncryptedTextField(editable=True, null=True)),
                        (
                            "address",
                            sharing.fields.EncryptedTextField(
                                editable=True, help_text="Empty: as the child's.", null=True
                            ),
                        ),
                        (
                            "telephones",
                            sharing.fields.EncryptedTextField(editable=True, help_text="One a line.", null=True),
                        ),
                        ("email", sharing.fields.EncryptedTextField(editable=True, null=True)),
                        ("facts_index", models.CharField(max_length=64)),
                        (
                            "establishment",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="sharing.establishment",
                            ),
                        ),
                        (
                            "pupil",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="%(class)s_rows",
                                to="sharing.pupil",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["order"],
                        "constraints": [
                            models.UniqueConstraint(fields=("pupil", "order"), name="one_contact_for_each_place")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Enrolment",
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
                                    ("C", "On roll here only"),
                                    ("M", "On roll here (main) and elsewhere"),
                                    ("S", "On roll here (subsidiary) and elsewhere"),
                                    ("F", "At a further education college"),
                                    ("O", "At another provider"),
                                    ("G", "Guest"),
                                ],
                                default="C",
                                max_length=1,
                            ),
                        ),
                        ("starts_on", models.DateField()),
                        ("ends_on", models.DateField(help_text="The last day on the register.", null=True)),
                        ("cancelled_at", models.DateTimeField(null=True)),
                        (
                            "establishment",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="sharing.establishment",
                            ),
                        ),
                        (
                            "pupil",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="enrolments",
                                to="sharing.pupil",
                            ),
                        ),
                        (
                            "destination",
                            models.CharField(
                                blank=True,
                                db_default="",
                                default="",
                                help_text="Name of the next school.",
                                max_length=200,
                            ),
                        ),
                        (
                            "leaving_reason",
                            models.CharField(
                                blank=True, db_default="", default="", help_text="Code of the CTF.", max_length=2
                            ),
                        ),
                        (
                            "here_since",
                            models.DateField(
                                help_text="The first day, where that was under an earlier URN (A2).", null=True
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("pupil", "starts_on"), name="one_enrolment_for_each_start"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("ends_on__isnull", True), ("ends_on__gte", models.F("starts_on")), _connector="OR"
                                ),
                                name="enrolment_ends_after_start",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="FreeMealsPeriod",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("source", models.CharField(db_default="", default="", max_length=100)),
                        ("as_of", models.DateField(null=True)),
                        ("starts_on", models.DateField()),
                        ("ends_on", models.DateField(null=True)),
                        ("country", models.CharField(blank=True, max_length=3)),
                        (
                            "establishment",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="sharing.establishment",
                            ),
                        ),
                        (
                            "pupil",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="%(class)s_rows",
                                to="sharing.pupil",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("pupil", "starts_on"), name="one_period_for_each_start")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="HomeAddress",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("source", models.CharField(db_default="", default="", max_length=100)),
                        ("as_of", models.DateField(null=True)),
                        (
                            "address",
                            sharing.fields.EncryptedTextField(
                                editable=True, help_text="Lines, the postcode last.", null=True
                            ),
                        ),
                        ("postcode", sharing.fields.EncryptedTextField(editable=True, null=True)),
                        ("facts_index", models.CharField(max_length=64)),
                        (
                            "establishment",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="sharing.establishment",
                            ),
                        ),
                        (
                            "pupil",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="%(class)s_rows",
                                to="sharing.pupil",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [models.UniqueConstraint(fields=("pupil",), name="one_home_address")],
                    },
                ),
                migrations.CreateModel(
                    name="Opening",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("person_id", models.BigIntegerField()),
                        ("person_name", models.CharField(max_length=200)),
                        (
                            "because",
                            models.CharField(
                                choices=[
                                    ("harm", "A child may be at risk of harm"),
                                    ("missing", "A child is missing"),
                                    ("enquiry", "A child protection enquiry or strategy discussion"),
                                    ("hospital", "A child is in hospital or in custody"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("reason", sharing.fields.EncryptedTextField(editable=True, null=True)),
                        ("head_barred", models.BooleanField(default=False)),
                        ("before", models.PositiveSmallIntegerField(default=0)),
                        ("starts_at", models.DateTimeField()),
                        ("ends_at", models.DateTimeField(help_text="The first instant at which it opens nothing.")),
                        ("ended_at", models.DateTimeField(help_text="Ended before its time.", null=True)),
                        (
                            "manager_mark",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("explained", "Explained"),
                                    ("asked", "Asked to explain"),
                                    ("answered", "Asked and answered"),
                                ],
                                db_default="",
                                default="",
                                max_length=10,
                            ),
                        ),
                        ("manager_mark_by", models.CharField(blank=True, db_default="", default="", max_length=200)),
                        (
                            "head_mark",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("explained", "Explained"),
                                    ("asked", "Asked to explain"),
                                    ("answered", "Asked and answered"),
                                ],
                                db_default="",
                                default="",
                                max_length=10,
                            ),
                        ),
                        ("head_mark_by", models.CharField(blank=True, db_default="", default="", max_length=200)),
                        (
                            "establishment",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="sharing.establishment",
                            ),
                        ),
                        (
                            "pupil",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="sharing.pupil",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["person_id", "ends_at"], name="openings_of_a_person")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("ends_at__gt", models.F("starts_at")),
                                    (
                                        "ends_at__lte",
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("starts_at"), "+", models.Value(datetime.timedelta(days=1))
                                        ),
                                    ),
                                ),
                                name="opening_of_a_day_at_most",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Explanation",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("text", sharing.fields.EncryptedTextField(editable=True, null=True)),
                        ("at", models.DateTimeField()),
                        (
                            "establishment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="sharing.establishment",
                            ),
                        ),
                        (
                            "opening",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="explanations",
                                to="sharing.opening",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["at", "id"],
                    },
                ),
                migrations.CreateModel(
                    name="OwnGroupMember",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("added_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "establishment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="sharing.establishment",
                            ),
                        ),
                        (
                            "group",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="members",
                                to="sharing.owngroup",
                            ),
                        ),
                        (
                            "pupil",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="sharing.pupil"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("group", "pupil"), name="once_in_an_own_group")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PupilChange",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("at", models.DateTimeField(auto_now_add=True)),
                        ("source", models.CharField(max_length=100)),
                        (
                            "facts",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=30), size=None
                            ),
                        ),
                        (
                            "establishment",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="sharing.establishment",
                            ),
                        ),
                        (
                            "pupil",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="changes",
                                to="sharing.pupil",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="PupilListColumns",
                    fields=[
                        (
                            "person",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                primary_key=True,
                                related_name="+",
                                serialize=False,
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "columns",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=20), size=None
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="PupilNeeds",
                    fields=[
                        (
                            "pupil",
                            models.OneToOneField(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                primary_key=True,
                                related_name="needs",
                                serialize=False,
                                to="sharing.pupil",
                            ),
                        ),
                        (
                            "establishment",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="sharing.establishment",
                            ),
                        ),
                        ("sen_provision", models.CharField(blank=True, max_length=1)),
                        ("as_of", models.DateField(null=True)),
                        ("in_resourced_provision", models.BooleanField(db_default=False, default=False)),
                        ("in_sen_unit", models.BooleanField(db_default=False, default=False)),
                        ("source", models.CharField(db_default="", default="", max_length=100)),
                    ],
                ),
                migrations.CreateModel(
                    name="Release",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "academic_year",
                            models.PositiveSmallIntegerField(help_text="The calendar year in which it began."),
                        ),
                        ("version", models.PositiveSmallIntegerField(default=1)),
                        (
                            "status",
                            models.CharField(
                                choices=[("provisional", "Provisional"), ("validated", "Validated")], max_length=12
                            ),
                        ),
                        ("as_of", models.DateField()),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("prepared", "Prepared: to be checked"),
                                    ("checked", "Checked: to be scheduled"),
                                    ("scheduled", "Scheduled"),
                                    ("withdrawn", "Withdrawn before it came out"),
                                    ("stopped", "Stopped after it came out"),
                                ],
                                default="prepared",
                                max_length=10,
                            ),
                        ),
                        ("goes_out_at", models.DateTimeField(null=True)),
                        (
                            "because",
                            models.CharField(blank=True, help_text="Why there is a new version.", max_length=300),
                        ),
                        ("prepared_at", models.DateTimeField(auto_now_add=True)),
                        ("prepared_by", models.CharField(max_length=200)),
                        ("prepared_by_id", models.BigIntegerField(null=True)),
                        ("checked_at", models.DateTimeField(null=True)),
                        ("checked_by", models.CharField(blank=True, max_length=200)),
                        ("checked_by_id", models.BigIntegerField(null=True)),
                        ("scheduled_at", models.DateTimeField(null=True)),
                        ("scheduled_by", models.CharField(blank=True, max_length=200)),
                        (
                            "came_from",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.PROTECT, to="sharing.import"
                            ),
                        ),
                        (
                            "dataset",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="releases",
                                to="sharing.dataset",
                            ),
                        ),
                        ("withdrawn_at", models.DateTimeField(null=True)),
                        ("withdrawn_because", models.CharField(blank=True, db_default="", default="", max_length=300)),
                        ("withdrawn_by", models.CharField(blank=True, db_default="", default="", max_length=200)),
                        ("of_all_ages", models.BooleanField(db_default=False, default=False)),
                        ("stopped_at", models.DateTimeField(null=True)),
                        ("stopped_by", models.CharField(blank=True, db_default="", default="", max_length=200)),
                        ("stopped_by_id", models.BigIntegerField(null=True)),
                        ("stopped_because", models.CharField(blank=True, db_default="", default="", max_length=300)),
                        ("announced_for", models.DateTimeField(null=True)),
                        ("put_off_because", models.CharField(blank=True, db_default="", default="", max_length=300)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("dataset", "academic_year", "version"), name="one_release_for_each_version"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "scheduled"), _negated=True),
                                    ("goes_out_at__isnull", False),
                                    _connector="OR",
                                ),
                                name="scheduled_release_has_its_instant",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("state", "prepared"),
                                    ("state", "withdrawn"),
                                    ("checked_at__isnull", False),
                                    _connector="OR",
                                ),
                                name="release_is_checked_first",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("checked_by_id", None),
                                    models.Q(("checked_by_id", models.F("prepared_by_id")), _negated=True),
                                    _connector="OR",
                                ),
                                name="release_is_checked_by_another",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Figure",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("area", models.CharField(blank=True, db_default="", default="", max_length=40)),
                        ("group", models.CharField(db_default="total", default="total", max_length=60)),
                        ("value", models.DecimalField(decimal_places=4, max_digits=14, null=True)),
                        ("symbol", models.CharField(blank=True, db_default="", default="", max_length=8)),
                        ("numerator", models.IntegerField(null=True)),
                        ("denominator", models.IntegerField(null=True)),
                        ("is_small", models.BooleanField(db_default=False, default=False)),
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
                            "measure",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="sharing.measure"
                            ),
                        ),
                        (
                            "release",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="figures",
                                to="sharing.release",
                            ),
                        ),
                        (
                            "covered_by",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.BigIntegerField(), db_default=[], default=list, size=None
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("establishment", None)),
                                fields=["area", "measure"],
                                name="figures_of_areas",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("establishment", "release", "measure", "area", "group"),
                                name="one_figure_for_each_cell",
                                nulls_distinct=False,
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("area__gt", ""), ("establishment", None)),
                                    models.Q(("area", ""), ("establishment__isnull", False)),
                                    _connector="OR",
                                ),
                                name="figure_of_an_establishment_or_an_area",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("symbol__gt", ""), ("value", None)),
                                    models.Q(("symbol", ""), ("value__isnull", False)),
                                    _connector="OR",
                                ),
                                name="figure_is_a_number_or_a_symbol",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Report",
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
                                choices=[("governors", "Report for governors"), ("full", "Full report")], max_length=10
                            ),
                        ),
                        ("fingerprint", models.CharField(max_length=64)),
                        ("shares", models.BooleanField()),
                        (
                            "releases",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.BigIntegerField(),
                                help_text="Ids of the releases whose figures stand in it.",
                                size=None,
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("empty", "Nothing is out yet"),
                                    ("waiting", "Waiting to be made"),
                                    ("making", "Being made"),
                                    ("made", "Ready"),
                                    ("failed", "Could not be made"),
                                ],
                                max_length=10,
                            ),
                        ),
                        (
                            "is_awaited",
                            models.BooleanField(
                                db_default=False, default=False, help_text="Somebody has asked for it: it is next."
                            ),
                        ),
                        ("asked_at", models.DateTimeField(auto_now_add=True)),
                        ("tries", models.PositiveSmallIntegerField(db_default=0, default=0)),
                        ("progress", models.PositiveSmallIntegerField(db_default=0, default=0, help_text="Per cent.")),
                        ("made_at", models.DateTimeField(null=True)),
                        ("size", models.PositiveIntegerField(db_default=0, default=0, help_text="Bytes.")),
                        ("pages", models.PositiveSmallIntegerField(db_default=0, default=0)),
                        ("sealed", models.BinaryField(null=True)),
                        ("looked_on", models.DateField(null=True)),
                        (
                            "looked_releases",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.BigIntegerField(), db_default=[], default=list, size=None
                            ),
                        ),
                        (
                            "establishment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="reports",
                                to="sharing.establishment",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("establishment", "kind", "fingerprint"), name="one_report_of_each_content"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("sealed__isnull", False), ("state", "made")),
                                    models.Q(models.Q(("state", "made"), _negated=True), ("sealed", None)),
                                    _connector="OR",
                                ),
                                name="report_is_made_or_is_not",
                            ),
                        ],
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
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="sharing.establishment",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("ends_on", None), ("ends_on__gte", models.F("starts_on")), _connector="OR"
                                ),
                                name="item_ends_after_start",
                            ),
                            models.UniqueConstraint(fields=("id", "establishment"), name="item_of_its_establishment"),
                        ],
                    },
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
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="sharing.establishment",
                            ),
                        ),
                        (
                            "to_locality",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="sharing.locality",
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
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("ends_on__gte", models.F("starts_on"))),
                                name="consent_ends_after_start",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("recipients", "community"), ("to_establishments", []), ("to_locality", None)
                                    ),
                                    models.Q(
                                        ("recipients", "locality"),
                                        ("to_establishments", []),
                                        ("to_locality__isnull", False),
                                    ),
                                    models.Q(
                                        ("recipients", "establishments"),
                                        ("to_locality", None),
                                        models.Q(("to_establishments", []), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="consent_is_to_one_kind",
                            ),
                        ],
                    },
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
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="sharing.establishment",
                            ),
                        ),
                        (
                            "item",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="files",
                                to="sharing.restricteditem",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Result",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
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
                        (
                            "establishment",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="sharing.establishment",
                            ),
                        ),
                        (
                            "pupil",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="%(class)s_rows",
                                to="sharing.pupil",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("pupil", "stage", "academic_year", "subject", "component"),
                                name="one_result_for_each_subject",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ReturnConfirmation",
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
                                choices=[("census", "School Census"), ("workforce", "School Workforce Census")],
                                max_length=9,
                            ),
                        ),
                        ("reference_day", models.DateField()),
                        ("confirmed_by_id", models.BigIntegerField(null=True)),
                        ("confirmed_by_name", models.CharField(max_length=200)),
                        ("confirmed_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "establishment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="sharing.establishment",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("establishment", "kind", "reference_day"),
                                name="one_confirmation_for_each_return",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ReturnReminder",
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
                                choices=[("census", "School Census"), ("workforce", "School Workforce Census")],
                                max_length=9,
                            ),
                        ),
                        ("reference_day", models.DateField()),
                        ("sent_on", models.DateField()),
                        (
                            "establishment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="sharing.establishment",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("establishment", "kind", "reference_day"), name="one_reminder_for_each_return"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SavedView",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("person_id", models.BigIntegerField(db_index=True)),
                        ("name", sharing.fields.EncryptedTextField(editable=True, null=True)),
                        ("page", models.CharField(max_length=30)),
                        ("query", models.CharField(blank=True, default="", max_length=300)),
                        ("saved_at", models.DateTimeField(auto_now_add=True)),
                    ],
                ),
                migrations.CreateModel(
                    name="SenNeed",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("source", models.CharField(db_default="", default="", max_length=100)),
                        ("as_of", models.DateField(null=True)),
                        ("rank", models.PositiveSmallIntegerField()),
                        ("need", models.CharField(max_length=4)),
                        (
                            "establishment",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="sharing.establishment",
                            ),
                        ),
                        (
                            "pupil",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="%(class)s_rows",
                                to="sharing.pupil",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("pupil", "rank"), name="one_need_for_each_rank")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ServiceRun",
                    fields=[
                        (
                            "name",
                            models.CharField(
                                choices=[
                                    ("daily", "Daily work"),
                                    ("worker", "Background worker"),
                                    ("ledger", "Ledger verified"),
                                    ("keys", "Values under the key in use"),
                                    ("key", "Key in use"),
                                    ("backup", "Backup"),
                                    ("post", "E-mail"),
                                ],
                                max_length=10,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("started_at", models.DateTimeField()),
                        ("ended_at", models.DateTimeField(null=True)),
                        ("last_good_at", models.DateTimeField(null=True)),
                        (
                            "outcome",
                            models.CharField(
                                choices=[("running", "Running"), ("done", "Ended well"), ("failed", "Failed")],
                                max_length=8,
                            ),
                        ),
                        ("about", models.JSONField(db_default={}, default=dict)),
                    ],
                ),
                migrations.CreateModel(
                    name="SignedHead",
                    fields=[
                        (
                            "number",
                            models.PositiveIntegerField(
                                help_text="1, 2, 3 and so on: none may be missing.", primary_key=True, serialize=False
                            ),
                        ),
                        ("row", models.BigIntegerField(help_text="The id of the last row.")),
                        ("hash", models.BinaryField(help_text="Its hash, which follows from all rows before it.")),
                        ("signed_at", models.DateTimeField()),
                        ("key_id", models.CharField(max_length=16)),
                        ("signature", models.BinaryField()),
                    ],
                ),
                migrations.CreateModel(
                    name="StaffMember",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                db_default=django.contrib.postgres.functions.RandomUUID(),
                                default=uuid.uuid4,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("surname", models.CharField(max_length=100)),
                        ("forename", models.CharField(max_length=100)),
                        ("starts_on", models.DateField(help_text="The first day here.")),
                        ("ends_on", models.DateField(null=True)),
                        ("source", models.CharField(max_length=100)),
                        ("as_of", models.DateField()),
                        (
                            "establishment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="staff",
                                to="sharing.establishment",
                            ),
                        ),
                        ("born_on", models.DateField(null=True)),
                        ("disability", models.CharField(blank=True, db_default="", default="", max_length=4)),
                        ("ethnicity", models.CharField(blank=True, db_default="", default="", max_length=4)),
                        ("has_qts", models.BooleanField(null=True)),
                        ("is_hlta", models.BooleanField(null=True)),
                        ("is_senior_leader", models.BooleanField(null=True)),
                        ("ni_number", sharing.fields.EncryptedTextField(editable=True, null=True)),
                        ("person_index", models.CharField(blank=True, db_default="", default="", max_length=64)),
                        ("sex", models.CharField(blank=True, db_default="", default="", max_length=1)),
                        ("teacher_number", sharing.fields.EncryptedTextField(editable=True, null=True)),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["establishment", "surname", "forename", "id"], name="staff_by_name"),
                            models.Index(fields=["person_index"], name="staff_by_person"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("id", "establishment"), name="staff_with_its_establishment")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Challenge",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "about",
                            models.CharField(
                                choices=[
                                    ("pupil", "A child's record"),
                                    ("staff", "A member of staff's record"),
                                    ("figure", "A fact about the establishment"),
                                ],
                                max_length=6,
                            ),
                        ),
                        ("fact", models.CharField(max_length=30)),
                        (
                            "withheld_as",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("contact", "Contact details"),
                                    ("sen", "Special educational needs"),
                                    ("attainment", "Attainment"),
                                    ("attendance", "Attendance"),
                                    ("suspensions", "Suspensions and exclusions"),
                                ],
                                db_default="",
                                default="",
                                max_length=20,
                            ),
                        ),
                        ("statement", sharing.fields.EncryptedTextField(editable=True, null=True)),
                        ("raised_by_id", models.BigIntegerField(null=True)),
                        ("raised_by_name", models.CharField(max_length=200)),
                        ("raised_at", models.DateTimeField(auto_now_add=True)),
                        ("due_on", models.DateField(help_text="The last day for the answer.")),
                        (
                            "assigned_to",
                            models.CharField(
                                choices=[
                                    ("school", "Level 1 of the establishment"),
                                    ("data_team", "The data team of the Education Department"),
                                ],
                                max_length=9,
                            ),
                        ),
                        (
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
                        (
                            "outcome",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("corrected", "Corrected"),
                                    ("not_changed", "Not changed"),
                                    ("at_the_source", "Passed to the source"),
                                    ("has_left", "Closed: the child has left"),
                                ],
                                db_default="",
                                default="",
                                max_length=13,
                            ),
                        ),
                        ("answer", sharing.fields.EncryptedTextField(editable=True, null=True)),
                        ("answered_by_name", models.CharField(blank=True, db_default="", default="", max_length=200)),
                        (
                            "answered_at",
                            models.DateTimeField(help_text="When it was answered, or taken back.", null=True),
                        ),
                        (
                            "reminded_on",
                            models.DateField(help_text="When those who owe the answer were last reminded.", null=True),
                        ),
                        (
                            "establishment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="sharing.establishment",
                            ),
                        ),
                        (
                            "member",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="challenges",
                                to="sharing.staffmember",
                            ),
                        ),
                        (
                            "pupil",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="challenges",
                                to="sharing.pupil",
                            ),
                        ),
                        ("withdrawn_because", sharing.fields.EncryptedTextField(editable=True, null=True)),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["establishment", "state", "due_on"], name="challenges_by_day")
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("about", "pupil"), ("member", None), ("pupil__isnull", False)),
                                    models.Q(("about", "staff"), ("member__isnull", False), ("pupil", None)),
                                    models.Q(("about", "figure"), ("member", None), ("pupil", None)),
                                    _connector="OR",
                                ),
                                name="challenge_is_about_one_thing",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("answered_at__isnull", False),
                                        ("state", "answered"),
                                        models.Q(("outcome", ""), _negated=True),
                                    ),
                                    models.Q(("answered_at__isnull", False), ("outcome", ""), ("state", "withdrawn")),
                                    models.Q(
                                        ("answered_at", None), ("outcome", ""), ("state__in", ["open", "passed_on"])
                                    ),
                                    _connector="OR",
                                ),
                                name="challenge_answered_with_an_outcome",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ChallengeEvent",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("what", models.CharField(max_length=9)),
                        ("at", models.DateTimeField()),
                        ("by_name", models.CharField(max_length=200)),
                        (
                            "challenge",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="events",
                                to="sharing.challenge",
                            ),
                        ),
                        (
                            "establishment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="sharing.establishment",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["at", "id"],
                    },
                ),
                migrations.CreateModel(
                    name="StaffAbsence",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("first_day", models.DateField()),
                        ("last_day", models.DateField(null=True)),
                        ("days_lost", models.DecimalField(decimal_places=1, max_digits=5, null=True)),
                        ("category", models.CharField(max_length=3)),
                        (
                            "establishment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="sharing.establishment",
                            ),
                        ),
                        (
                            "member",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="absences",
                                to="sharing.staffmember",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("member", "first_day", "category"), name="one_absence_for_each_first_day"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="StaffContract",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
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
                        (
                            "establishment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="sharing.establishment",
                            ),
                        ),
                        (
                            "member",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="contracts",
                                to="sharing.staffmember",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("member", "starts_on", "post"), name="one_contract_for_each_start"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="StatisticsCell",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("key", models.CharField(max_length=300)),
                        ("indicator", models.CharField(max_length=50)),
                        ("value", models.DecimalField(decimal_places=2, max_digits=10, null=True)),
                        ("symbol", models.CharField(blank=True, db_default="", default="", max_length=8)),
                        (
                            "step",
                            models.DecimalField(
                                decimal_places=2, help_text="To which a mean is rounded.", max_digits=5, null=True
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
                            "release",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="cells", to="sharing.release"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("release", "key", "indicator"), name="one_number_for_each_statistics_cell"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("symbol__gt", ""), ("value", None)),
                                    models.Q(("symbol", ""), ("value__isnull", False)),
                                    _connector="OR",
                                ),
                                name="statistics_cell_is_a_number_or_a_symbol",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="StatisticsDimension",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", models.SlugField()),
                        ("label", models.CharField(max_length=100)),
                        ("members", models.JSONField()),
                        ("place", models.PositiveSmallIntegerField(help_text="Order on a page.")),
                        (
                            "release",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="dimensions",
                                to="sharing.release",
                            ),
                        ),
                        (
                            "impossible",
                            models.JSONField(
                                db_default=[],
                                default=list,
                                help_text="[member, other dimension, its member] that no pupil can be in at once.",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("release", "name"), name="one_dimension_of_a_name")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="StatisticsRequest",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("academic_year", models.PositiveSmallIntegerField()),
                        ("because", models.CharField(blank=True, default="", max_length=300)),
                        ("coarsen", models.BooleanField(default=False, help_text="Show less rather than refuse.")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("waiting", "Waiting for its turn"),
                                    ("working", "Being prepared"),
                                    ("done", "Prepared"),
                                    ("refused", "Cannot be published"),
                                    ("failed", "Failed: nothing was prepared"),
                                ],
                                default="waiting",
                                max_length=10,
                            ),
                        ),
                        ("progress", models.CharField(blank=True, db_default="", default="", max_length=100)),
                        ("said", models.TextField(blank=True, db_default="", default="")),
                        ("tries", models.PositiveSmallIntegerField(db_default=0, default=0)),
                        ("asked_at", models.DateTimeField(auto_now_add=True)),
                        ("asked_by", models.CharField(max_length=200)),
                        ("asked_by_id", models.BigIntegerField()),
                        ("finished_at", models.DateTimeField(null=True)),
                        (
                            "release",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="sharing.release",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("state__in", ["waiting", "working"])),
                                fields=("academic_year",),
                                name="one_request_for_statistics_of_a_year",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="StatisticsRules",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("base", models.PositiveSmallIntegerField(help_text="Counts are multiples of it.")),
                        (
                            "rate_from",
                            models.PositiveSmallIntegerField(help_text="A rate stands on a count of at least this."),
                        ),
                        (
                            "held",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=100), default=list, size=None
                            ),
                        ),
                        ("public", models.JSONField(default=list)),
                        ("lost", models.JSONField()),
                        (
                            "release",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="protected_by",
                                to="sharing.release",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="StatisticsTable",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", models.SlugField(max_length=100)),
                        ("title", models.CharField(max_length=200)),
                        (
                            "dimensions",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=50), size=None
                            ),
                        ),
                        (
                            "where",
                            models.JSONField(
                                default=dict, help_text="{dimension: member} that holds in the whole table."
                            ),
                        ),
                        (
                            "members",
                            models.JSONField(default=dict, help_text="{dimension: [members]}, where not all of them."),
                        ),
                        (
                            "indicators",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=50), size=None
                            ),
                        ),
                        (
                            "audience",
                            models.CharField(
                                choices=[
                                    ("open", "Open: no establishment is named"),
                                    ("named", "Names establishments: for those who may read about them"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("place", models.PositiveSmallIntegerField(help_text="Order on a page.")),
                        (
                            "release",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="tables", to="sharing.release"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("release", "name"), name="one_table_of_a_name")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="StatisticsVerdict",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("passed", models.BooleanField()),
                        ("findings", models.JSONField()),
                        ("loss", models.JSONField()),
                        ("seconds", models.FloatField()),
                        ("made_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "release",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="verdict",
                                to="sharing.release",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="SubjectRequest",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
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
                            models.DateTimeField(
                                auto_now_add=True, db_default=django.db.models.functions.datetime.Now()
                            ),
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
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="sharing.establishment",
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
                                condition=models.Q(("due_on__gt", models.F("received_on"))),
                                name="subject_request_is_due_later",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SupportOffer",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "challenge",
                            models.CharField(
                                choices=[
                                    ("attendance", "Attendance"),
                                    ("persistent_absence", "Persistent absence"),
                                    ("early_years", "Early years"),
                                    ("reading", "Reading and phonics"),
                                    ("writing", "Writing"),
                                    ("maths", "Maths"),
                                    ("disadvantaged", "Attainment of disadvantaged pupils"),
                                    ("sen", "Special educational needs"),
                                    ("eal", "English as an additional language"),
                                    ("behaviour", "Behaviour and suspensions"),
                                    ("transition", "Moving on to the next school"),
                                    ("wellbeing", "Wellbeing of pupils"),
                                    ("governance", "Governance"),
                                    ("recruitment", "Finding and keeping staff"),
                                    ("records", "Keeping records and returns"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("what", models.TextField(max_length=2000)),
                        ("for_whom", models.CharField(max_length=300)),
                        ("how", models.CharField(max_length=500)),
                        ("until", models.DateField()),
                        ("made_at", models.DateTimeField(auto_now_add=True)),
                        ("made_by_name", models.CharField(max_length=200)),
                        ("withdrawn_at", models.DateTimeField(null=True)),
                        ("withdrawn_by_name", models.CharField(blank=True, db_default="", default="", max_length=200)),
                        (
                            "establishment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="sharing.establishment",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("id", "establishment"), name="support_offer_with_its_establishment"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("withdrawn_at", None)),
                                fields=("establishment", "challenge"),
                                name="one_support_offer_of_each_challenge",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SupportRequest",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("words", sharing.fields.EncryptedTextField(editable=True, null=True)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("waiting", "Waits for an answer"),
                                    ("accepted", "Accepted"),
                                    ("declined", "Declined"),
                                    ("taken_back", "Taken back"),
                                ],
                                db_default="waiting",
                                default="waiting",
                                max_length=10,
                            ),
                        ),
                        ("asked_at", models.DateTimeField(auto_now_add=True)),
                        ("asked_by_id", models.BigIntegerField()),
                        ("asked_by_name", models.CharField(max_length=200)),
                        ("answer", sharing.fields.EncryptedTextField(editable=True, null=True)),
                        ("answered_at", models.DateTimeField(null=True)),
                        ("answered_by_name", models.CharField(blank=True, db_default="", default="", max_length=200)),
                        (
                            "establishment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="sharing.establishment",
                            ),
                        ),
                        (
                            "from_establishment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="sharing.establishment",
                            ),
                        ),
                        (
                            "offer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="requests",
                                to="sharing.supportoffer",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("state", "waiting")),
                                fields=("offer", "from_establishment"),
                                name="one_waiting_request_for_support",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("establishment", models.F("from_establishment")), _negated=True),
                                name="support_from_another_establishment",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("answered_at", None), ("state", "waiting")),
                                    models.Q(
                                        models.Q(("state", "waiting"), _negated=True), ("answered_at__isnull", False)
                                    ),
                                    _connector="OR",
                                ),
                                name="support_request_answered_when",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Suspension",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
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
                        (
                            "establishment",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="sharing.establishment",
                            ),
                        ),
                        (
                            "pupil",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="%(class)s_rows",
                                to="sharing.pupil",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("pupil", "category", "starts_on"), name="one_suspension_for_each_start"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Transfer",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("agreed_on", models.DateField(help_text="The day on which the receiver accepted.", null=True)),
                        ("expected_on", models.DateField()),
                        (
                            "lapses_on",
                            models.DateField(help_text="The last day of access if the child does not arrive."),
                        ),
                        ("cancelled_at", models.DateTimeField(null=True)),
                        (
                            "establishment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="sharing.establishment",
                            ),
                        ),
                        (
                            "pupil",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="transfers",
                                to="sharing.pupil",
                            ),
                        ),
                        ("answered_by_name", models.CharField(blank=True, db_default="", default="", max_length=200)),
                        (
                            "asserted_at",
                            models.DateTimeField(
                                auto_now_add=True, db_default=django.db.models.functions.datetime.Now()
                            ),
                        ),
                        ("asserted_by_name", models.CharField(db_default="", default="", max_length=200)),
                        ("born_on", models.DateField(null=True)),
                        ("cancelled_by_name", models.CharField(blank=True, db_default="", default="", max_length=200)),
                        ("declined_at", models.DateTimeField(null=True)),
                        ("declined_because", sharing.fields.EncryptedTextField(editable=True, null=True)),
                        ("file_sent_at", models.DateTimeField(null=True)),
                        ("forename", models.CharField(db_default="", default="", max_length=100)),
                        (
                            "from_establishment",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="sharing.establishment",
                            ),
                        ),
                        (
                            "from_name",
                            models.CharField(blank=True, help_text="A school outside the community.", max_length=200),
                        ),
                        (
                            "leaving",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="departures",
                                to="sharing.pupil",
                            ),
                        ),
                        (
                            "sender_keeps_until",
                            models.DateField(
                                help_text="Last day on which the sender may make the CTF (R8).", null=True
                            ),
                        ),
                        ("sex", models.CharField(blank=True, db_default="", default="", max_length=1)),
                        ("surname", models.CharField(db_default="", default="", max_length=100)),
                        ("upn", sharing.fields.EncryptedTextField(editable=True, null=True)),
                        ("upn_index", models.CharField(blank=True, db_default="", default="", max_length=64)),
                        ("year_group", models.CharField(blank=True, db_default="", default="", max_length=2)),
                        (
                            "arrived_on",
                            models.DateField(
                                editable=False, help_text="Kept by the database, from the enrolments.", null=True
                            ),
                        ),
                        (
                            "asserted_by",
                            models.BigIntegerField(
                                help_text="The person, who never accepts what they asserted (R7).", null=True
                            ),
                        ),
                        ("lapse_noted_on", models.DateField(null=True)),
                        ("overdue_told_on", models.DateField(null=True)),
                        (
                            "reminders",
                            models.PositiveSmallIntegerField(db_default=0, default=0, help_text="Sent while it waits."),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("agreed_on__isnull", True),
                                    ("lapses_on__gte", models.F("agreed_on")),
                                    _connector="OR",
                                ),
                                name="transfer_lapses_after_agreement",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("agreed_on", None), ("pupil", None)),
                                    models.Q(("agreed_on__isnull", False), ("pupil__isnull", False)),
                                    _connector="OR",
                                ),
                                name="transfer_agreed_with_a_record",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("leaving__isnull", True), ("from_establishment__isnull", False), _connector="OR"
                                ),
                                name="transfer_leaves_an_establishment",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="UnusualPattern",
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
                                    ("many", "Many children in one hour"),
                                    ("night", "Outside usual hours"),
                                    ("day_off", "On a day without school"),
                                    ("leaving", "Just before leaving"),
                                    ("surname", "The same surname"),
                                    ("refused", "Refused again and again"),
                                    ("glass", "Glass broken more than once a week"),
                                    ("after", "After the child had left"),
                                ],
                                max_length=10,
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
                        (
                            "of_head",
                            models.BooleanField(default=False, help_text="The person was head there on the day."),
                        ),
                        ("day", models.DateField()),
                        ("number", models.PositiveIntegerField()),
                        ("at_most", models.PositiveIntegerField()),
                        ("usual", models.PositiveIntegerField(default=0)),
                        ("raised_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("raised", "Waiting to be looked at"),
                                    ("explained", "Explained"),
                                    ("referred", "Referred"),
                                ],
                                db_default="raised",
                                default="raised",
                                max_length=10,
                            ),
                        ),
                        ("reason", sharing.fields.EncryptedTextField(editable=True, null=True)),
                        ("settled_by_id", models.BigIntegerField(null=True)),
                        ("settled_by_name", models.CharField(blank=True, db_default="", default="", max_length=200)),
                        ("settled_at", models.DateTimeField(null=True)),
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
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("person_id", "establishment", "kind", "day"),
                                name="pattern_raised_once",
                                nulls_distinct=False,
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("settled_at", None), ("settled_by_id", None), ("state", "raised")),
                                    models.Q(
                                        models.Q(("state", "raised"), _negated=True),
                                        ("settled_at__isnull", False),
                                        ("settled_by_id__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="pattern_settled_by_somebody",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("settled_by_id", None),
                                    models.Q(("settled_by_id", models.F("person_id")), _negated=True),
                                    _connector="OR",
                                ),
                                name="nobody_settles_their_own",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="VisitNote",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("author_id", models.BigIntegerField()),
                        ("author_name", models.CharField(max_length=200)),
                        ("text", sharing.fields.EncryptedTextField(editable=True, null=True)),
                        ("for_head", models.BooleanField(default=False)),
                        ("written_at", models.DateTimeField(auto_now_add=True)),
                        ("changed_at", models.DateTimeField(null=True)),
                        (
                            "establishment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="sharing.establishment",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["establishment", "-written_at"], name="notes_of_an_establishment")
                        ],
                    },
                ),
            ]
        ),
    ]
