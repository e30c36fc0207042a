"""What each row of an import paid for twice: keys that a composite key holds, indexes that another one begins with.

The composite key (pupil, establishment) of a row, and the pupil's own establishment, say what the two single keys said.
Of hashes nobody asks how they begin. Only the catalogue changes, so a full table takes no longer than an empty one; the
tables are locked for that moment, so stop the worker first.
"""

import django.db.models.deletion
from django.db import migrations, models

PROTECT = django.db.models.deletion.PROTECT
ROWS = ("senneed", "freemealsperiod", "attendance", "suspension", "result", "homeaddress", "contact")


def pupil(related_name: str, *, indexed: bool = False) -> models.ForeignKey:
    return models.ForeignKey("sharing.Pupil", PROTECT, related_name=related_name, db_constraint=False, db_index=indexed)


def establishment() -> models.ForeignKey:
    return models.ForeignKey("sharing.Establishment", PROTECT, related_name="+", db_constraint=False)


# Table, column, the index for LIKE, the one for =, and the name of the latter from now on.
OF_HASHES = (
    ("pupil", "upn_index", "pupil_upn_index_b8c1ace6_like", "pupil_upn_index_b8c1ace6", "pupils_by_upn"),
    ("child", "upn_index", "child_upn_index_52bbaaa9_like", "child_upn_index_key", "one_child_for_each_upn"),
    (
        "staffmember",
        "person_index",
        "staffmember_person_index_8912cb13_like",
        "staffmember_person_index_8912cb13",
        "staff_by_person",
    ),
)


class Migration(migrations.Migration):
    dependencies = [("sharing", "0013_withheld_figures")]

    operations = [
        *[migrations.AlterField(model, "pupil", pupil("%(class)s_rows")) for model in ROWS],
        migrations.AlterField("enrolment", "pupil", pupil("enrolments")),
        migrations.AlterField("pupilchange", "pupil", pupil("changes", indexed=True)),
        migrations.AlterField(
            "pupilneeds",
            "pupil",
            models.OneToOneField(
                "sharing.Pupil", PROTECT, primary_key=True, serialize=False, related_name="needs", db_constraint=False
            ),
        ),
        *[
            migrations.AlterField(model, "establishment", establishment())
            for model in (*ROWS, "enrolment", "pupilchange", "pupilneeds")
        ],
        migrations.AlterField(
            "pupil",
            "establishment",
            models.ForeignKey("sharing.Establishment", PROTECT, related_name="pupils", db_index=False),
        ),
        migrations.SeparateDatabaseAndState(
            [
                migrations.RunSQL(
                    f"DROP INDEX sharing_{like}; ALTER INDEX sharing_{old} RENAME TO {new}",
                    f"ALTER INDEX {new} RENAME TO sharing_{old}; "
                    f"CREATE INDEX sharing_{like} ON sharing_{table} ({column} varchar_pattern_ops)",
                )
                for table, column, like, old, new in OF_HASHES
            ],
            [
                migrations.AlterField("pupil", "upn_index", models.CharField(max_length=64)),
                migrations.AddIndex("pupil", models.Index(fields=["upn_index"], name="pupils_by_upn")),
                migrations.AlterField(
                    "staffmember",
                    "person_index",
                    models.CharField(blank=True, db_default="", default="", max_length=64),
                ),
                migrations.AddIndex("staffmember", models.Index(fields=["person_index"], name="staff_by_person")),
                migrations.AlterField("child", "upn_index", models.CharField(max_length=64)),
                migrations.AddConstraint(
                    "child", models.UniqueConstraint(fields=["upn_index"], name="one_child_for_each_upn")
                ),
            ],
        ),
    ]
