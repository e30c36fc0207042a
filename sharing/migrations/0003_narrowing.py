"""Lines narrowed to year groups and kinds of data (R35, A5), in the permission table and in the policies.

Needs and attendance move out of the pupil's row into tables of their own: a policy withholds rows, not columns.
"""

from typing import Any

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

from sharing.conditions import ASKER_MAY, NOT_WITHHELD, OF_A_PUPIL_I_SEE, OF_MY_PUPILS
from sharing.rls import protect, replace_reads, unprotect
from sharing.sql import overrides

PUPILS = """
    SELECT {what} FROM sharing_establishmentpermission AS held{more}
    WHERE user_id = portal_asker() AND through = portal_context(2)
      AND permission_id = (SELECT id FROM auth_permission WHERE codename = 'view_pupils')
      AND starts_on <= CURRENT_DATE AND (ends_on IS NULL OR ends_on >= CURRENT_DATE)
"""
AS_OWNER = "LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp"
HOLDINGS = """
DROP FUNCTION portal_enter, portal_holdings;
CREATE FUNCTION portal_holdings()
RETURNS TABLE (establishment_id bigint, codename varchar, reason varchar{columns})
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT held.establishment_id, permission.codename, held.reason{held}
    FROM sharing_establishmentpermission AS held JOIN auth_permission AS permission ON permission.id = permission_id
    WHERE held.user_id = portal_asker() AND held.through = portal_context(2)
      AND held.starts_on <= CURRENT_DATE AND (held.ends_on IS NULL OR held.ends_on >= CURRENT_DATE)
    ORDER BY held.id
$$;
CREATE FUNCTION portal_enter(asker bigint, through text)
RETURNS TABLE (establishment_id bigint, codename varchar, reason varchar{columns}) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('portal.ctx', asker || '@' || through || '@' || extract(epoch FROM now())::text, true);
    RETURN QUERY SELECT * FROM portal_holdings();
END $$;
GRANT EXECUTE ON FUNCTION portal_holdings, portal_enter TO portal_app, portal_batch;
"""
# Where somebody has two grants, each opens what it opens: narrowed is who has none without year groups.
NARROWING = f"""
CREATE FUNCTION portal_narrowed() RETURNS SETOF bigint {AS_OWNER} AS $$
    {PUPILS.format(what="establishment_id", more="")}
    GROUP BY establishment_id HAVING bool_and(year_groups <> '{{}}')
$$;
CREATE FUNCTION portal_years() RETURNS SETOF text {AS_OWNER} AS $$
    {PUPILS.format(what="establishment_id || ':' || year", more=", unnest(year_groups) AS year")}
$$;
CREATE FUNCTION portal_showing(category text) RETURNS SETOF bigint {AS_OWNER} AS $$
    {PUPILS.format(what="establishment_id", more="")} AND category <> ALL (withheld)
$$;
GRANT EXECUTE ON FUNCTION portal_narrowed, portal_years, portal_showing TO portal_app, portal_batch;
"""
NO_NARROWING = "DROP FUNCTION portal_narrowed, portal_years, portal_showing;"
PARTS = {"pupilneeds": "sen_provision", "pupilattendance": "sessions_possible, sessions_absent"}
MOVE = "".join(
    f"""
INSERT INTO sharing_{table} (pupil_id, establishment_id, {columns})
    SELECT id, establishment_id, {columns} FROM sharing_pupil;
ALTER TABLE sharing_{table} ADD CONSTRAINT {table}_at_the_pupils_establishment
    FOREIGN KEY (pupil_id, establishment_id) REFERENCES sharing_pupil (id, establishment_id)
    DEFERRABLE INITIALLY DEFERRED;
REVOKE INSERT, UPDATE, DELETE ON sharing_{table} FROM portal_app;
"""
    for table, columns in PARTS.items()
)
MOVE = f"SET CONSTRAINTS ALL IMMEDIATE; {MOVE}"
READS_BEFORE = {
    "sharing_pupil": "establishment_id = ANY (ARRAY(SELECT portal_establishments('view_pupils')))"
    " AND visible @> CURRENT_DATE",
    "sharing_enrolment": "establishment_id = ANY (ARRAY(SELECT portal_establishments('view_pupils')))",
    "sharing_transfer": "establishment_id = ANY (ARRAY(SELECT portal_establishments('view_pupils')))",
}
# Until migration 0004, which gives a transfer two ends.
READS_THEN = {"sharing_transfer": f"{ASKER_MAY.format(permission='view_pupils')} AND {OF_MY_PUPILS}"}


def part(name: str, *fields: tuple[str, Any]) -> migrations.CreateModel:
    """A table beside the pupil's."""
    pupil: Any = models.OneToOneField(
        on_delete=django.db.models.deletion.PROTECT,
        primary_key=True,
        related_name=name,
        serialize=False,
        to="sharing.pupil",
    )
    establishment: Any = models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="sharing.establishment"
    )
    return migrations.CreateModel(
        name=f"Pupil{name.capitalize()}",
        fields=[("pupil", pupil), ("establishment", establishment), *fields],
    )


class Migration(migrations.Migration):
    dependencies = [("sharing", "0002_database_rules"), ("access_register", "0005_rules_of_the_year")]

    operations = [
        migrations.AddField(
            "establishmentpermission",
            "year_groups",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=2),
                db_default=[],
                default=list,
                help_text="Empty: pupils of every year group.",
                size=None,
            ),
        ),
        migrations.AddField(
            "establishmentpermission",
            "withheld",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("contact", "Contact details"),
                        ("sen", "Special educational needs"),
                        ("attainment", "Attainment"),
                        ("attendance", "Attendance"),
                    ],
                    max_length=20,
                ),
                db_default=[],
                default=list,
                help_text="Kinds of pupil data that it does not open.",
                size=None,
            ),
        ),
        part("needs", ("sen_provision", models.CharField(blank=True, max_length=1))),
        part(
            "attendance",
            ("sessions_possible", models.PositiveSmallIntegerField(null=True)),
            ("sessions_absent", models.PositiveSmallIntegerField(null=True)),
        ),
        migrations.RunSQL(MOVE, migrations.RunSQL.noop),
        *[migrations.RemoveField("pupil", name) for names in PARTS.values() for name in names.split(", ")],
        migrations.RunSQL(
            HOLDINGS.format(
                columns=", year_groups varchar[], withheld varchar[]", held=", held.year_groups, held.withheld"
            ),
            HOLDINGS.format(columns="", held=""),
        ),
        migrations.RunSQL(NARROWING, NO_NARROWING),
        migrations.RunSQL(overrides.NOTHING_YET, overrides.NOTHING_ANY_MORE),
        *[
            migrations.RunSQL(replace_reads(table, READS_THEN.get(table, "")), replace_reads(table, before))
            for table, before in READS_BEFORE.items()
        ],
        *[
            migrations.RunSQL(
                protect(table, reads_then=f"{NOT_WITHHELD.format(category=category)} AND {OF_A_PUPIL_I_SEE}"),
                unprotect(table),
            )
            for table, category in (("sharing_pupilneeds", "sen"), ("sharing_pupilattendance", "attendance"))
        ],
    ]
