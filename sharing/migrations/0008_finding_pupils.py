"""Finding pupils: columns chosen for the list, the search of all establishments, and how often a record was opened."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import TrigramExtension, UnaccentExtension
from django.db import migrations, models

from sharing.rls import protect, unprotect

# What a person holds, as before (migrations 0002 and 0003), but who asks is found out once and not for each row: an
# officer of all holds hundreds of rows.
HELD = """
    SELECT {what} FROM sharing_establishmentpermission AS held{more}
    WHERE user_id = (SELECT portal_asker()) AND through = (SELECT portal_context(2))
      AND permission_id = (SELECT id FROM auth_permission WHERE codename = {wanted})
      AND starts_on <= CURRENT_DATE AND (ends_on IS NULL OR ends_on >= CURRENT_DATE)
"""
AS_OWNER = "LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp"
PUPILS = "'view_pupils'"
HOLDING = f"""
CREATE OR REPLACE FUNCTION portal_establishments(wanted text) RETURNS SETOF bigint {AS_OWNER} AS $$
    {HELD.format(what="establishment_id", more="", wanted="wanted")}
$$;
CREATE OR REPLACE FUNCTION portal_narrowed() RETURNS SETOF bigint {AS_OWNER} AS $$
    {HELD.format(what="establishment_id", more="", wanted=PUPILS)}
    GROUP BY establishment_id HAVING bool_and(year_groups <> '{{}}')
$$;
CREATE OR REPLACE FUNCTION portal_years() RETURNS SETOF text {AS_OWNER} AS $$
    {HELD.format(what="establishment_id || ':' || year", more=", unnest(year_groups) AS year", wanted=PUPILS)}
$$;
CREATE OR REPLACE FUNCTION portal_showing(category text) RETURNS SETOF bigint {AS_OWNER} AS $$
    {HELD.format(what="establishment_id", more="", wanted=PUPILS)} AND category <> ALL (withheld)
$$;
"""

# A name as it is compared: small letters without accents, a hyphen as a space, no apostrophe and no full stop.
PLAIN = """
CREATE FUNCTION sharing_plain(words text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN translate(lower(public.unaccent('public.unaccent'::regdictionary, words)), '-''’.', ' ');
GRANT EXECUTE ON FUNCTION sharing_plain TO portal_app, portal_batch;
"""

# LIKE is not leakproof, so under a policy it has no index: these functions run as the owner, whom no policy narrows,
# and hold the whole of the policy on sharing_pupil themselves. They give away numbers of records and nothing else.
MAY_SEE = """pupil.establishment_id = ANY ({mine}) AND pupil.visible @> CURRENT_DATE
       AND (pupil.establishment_id <> ALL ({narrowed})
            OR pupil.establishment_id || ':' || pupil.year_group = ANY ({years}))"""
MINE = """mine bigint[] := ARRAY(SELECT portal_establishments('view_pupils'));
    narrowed bigint[] := ARRAY(SELECT portal_narrowed());
    years text[] := CASE WHEN narrowed = '{}' THEN '{}' ELSE ARRAY(SELECT portal_years()) END;"""
NAMES = "sharing_plain(' ' || surname || ' ' || forename || ' ' || middle_names || ' ' || preferred_surname)"
# EXECUTE makes a plan for the words typed, so what is not asked falls out of it. A word of three letters is looked for
# anywhere in a name, a shorter one at the beginning of a name, for which three letters (with spaces) are in the index.
FIND = rf"""
CREATE FUNCTION portal_find_pupils(named text, upn_key text, birth date, number int, page_size int)
RETURNS TABLE (pupil_id uuid, total bigint) LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
    {MINE}
    patterns text[] := ARRAY(
        SELECT CASE WHEN length(word) < 3 THEN '% ' ELSE '%' END
               || replace(replace(replace(word, '\', '\\'), '%', '\%'), '_', '\_') || '%'
        FROM regexp_split_to_table(sharing_plain(named), '\s+') AS word
        WHERE word <> '' ORDER BY length(word) DESC);
    children uuid[] := ARRAY(SELECT coalesce(same_as_id, id) FROM sharing_child WHERE upn_index = upn_key);
BEGIN
    IF patterns = '{{}}' AND upn_key IS NULL AND birth IS NULL THEN
        RETURN;
    END IF;
    RETURN QUERY EXECUTE $find$
    SELECT pupil.id, count(*) OVER ()
      FROM sharing_pupil AS pupil
     WHERE {MAY_SEE.format(mine="$1", narrowed="$2", years="$3")}
       AND ($4 IS NULL OR {NAMES} LIKE $4)
       AND (cardinality($5) < 2 OR {NAMES} LIKE ALL ($5))
       AND ($6 IS NULL OR upn_index = $6 OR (former_upn_index <> '' AND former_upn_index = $6) OR child_id = ANY ($7))
       AND ($8 IS NULL OR born_on = $8)
     ORDER BY surname, forename, pupil.id
    OFFSET ($9 - 1) * $10 LIMIT $10
    $find$ USING mine, narrowed, years, patterns[1], patterns, upn_key, children, birth, number, page_size;
END $$;
GRANT EXECUTE ON FUNCTION portal_find_pupils TO portal_app;
"""
OPENED = f"""
CREATE FUNCTION portal_times_opened(wanted uuid) RETURNS TABLE (times bigint, people bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    {MINE}
BEGIN
    RETURN QUERY
    SELECT count(*), count(DISTINCT person_id) FROM sharing_ledgerentry
     WHERE action = 'show_pupil' AND outcome = 'shown' AND about -> 'pupils' ->> 0 = wanted::text
       AND at > now() - interval '12 months'
       AND EXISTS (SELECT FROM sharing_pupil AS pupil WHERE pupil.id = wanted
                   AND {MAY_SEE.format(mine="mine", narrowed="narrowed", years="years")});
END $$;
GRANT EXECUTE ON FUNCTION portal_times_opened TO portal_app;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("sharing", "0007_transfers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        TrigramExtension(),
        UnaccentExtension(),
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
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), size=None),
                ),
            ],
        ),
        migrations.RunSQL(protect("sharing_pupillistcolumns"), unprotect("sharing_pupillistcolumns")),
        migrations.RunSQL("REVOKE DELETE ON sharing_pupillistcolumns FROM portal_app", migrations.RunSQL.noop),
        migrations.RunSQL(HOLDING, migrations.RunSQL.noop),
        migrations.RunSQL(PLAIN, "DROP FUNCTION sharing_plain"),
        migrations.RunSQL(FIND, "DROP FUNCTION portal_find_pupils"),
        migrations.RunSQL(OPENED, "DROP FUNCTION portal_times_opened"),
    ]
