"""Whole numbers that a protected one stands for, in SQL for migration 0121 (R11, R12, R31; docs/adr/0020).

Where open statistics have cells of an establishment for a measure and a year, their releases stand in `covered_by` of
its figures, of all groups. From the instant one of them is out, only who sees the pupils there reads those figures: the
policy compares instants, so scheduling and postponing change no row. What was covered once stays so, also by a version
that is superseded: its number has been read.
"""

from sharing.conditions import NOTHING_TO_SUBTRACT_FROM
from sharing.sql.overrides import within
from sharing.sql.withheld_figures import WITHHELD_OF_AREAS_TOO

_AS_OWNER = "SECURITY DEFINER SET search_path = public, pg_temp"

# What the application read before.
READS_BEFORE = (
    "(establishment_id IS NULL AND release_id = ANY (ARRAY(SELECT portal_releases_of_areas())) "
    "OR establishment_id = ANY (ARRAY(SELECT portal_readable())) "
    "AND release_id = ANY (ARRAY(SELECT portal_releases_out()))) "
    "AND (NOT is_small OR establishment_id = ANY (ARRAY(SELECT portal_small_figures()))) "
    f"AND {NOTHING_TO_SUBTRACT_FROM}"
)

# Where the numbers of a measure are, as sharing.measures.shares and protected say it: {} is the place. A test holds the
# two together.
_SHARES = """
    VALUES ('roll_pupils', '{}', '{}', 'pupils'), ('roll_fsm', '{}', 'fsm=Y|{}', 'pupils'),
        ('roll_eal', '{}', 'eal=O|{}', 'pupils'), ('roll_sen_support', '{}', '{}|sen=K', 'pupils'),
        ('roll_ehc_plan', '{}', '{}|sen=E', 'pupils'),
        ('attendance_persistent', 'persistently_absent=M|{}', 'persistently_absent=Y|{}', 'pupils'),
        ('attendance_absence', '{}', '{}', 'attendance_mean'),
        ('eyfsp_gld', '{}|year=R', 'attained=Y|{}|year=R', 'pupils'),
        ('phonics_met', '{}|year=1', 'attained=Y|{}|year=1', 'pupils'),
        ('ks2_counts_rwm_expected', '{}|year=6', 'attained=Y|{}|year=6', 'pupils')
"""

_CELLS = f"""    WITH cell AS MATERIALIZED (
        SELECT measure.id AS measure_id, place.id AS establishment_id, first.release_id
        FROM ({_SHARES}) AS share (code, whole, part, indicator)
        JOIN sharing_measure AS measure USING (code)
        CROSS JOIN sharing_establishment AS place
        JOIN sharing_statisticscell AS first ON first.release_id = ANY (covering)
            AND first.key = replace(share.whole, '{{}}', 'place=urn:' || place.urn)
            AND first.indicator = share.indicator AND first.establishment_id = place.id AND first.symbol <> 'z'
        JOIN sharing_statisticscell AS second ON second.release_id = first.release_id
            AND second.key = replace(share.part, '{{}}', 'place=urn:' || place.urn)
            AND second.indicator = share.indicator AND second.symbol <> 'z'),
"""
# Of open statistics the figures of the year are covered, of anything else its own. Two of a year at once wait in turn,
# and the second sees what the first has stored.
COVER = f"""
CREATE FUNCTION portal_cover_figures(wanted bigint) RETURNS bigint LANGUAGE plpgsql {_AS_OWNER} AS $$
DECLARE
    of_year smallint := (SELECT academic_year FROM sharing_release WHERE id = wanted);
    statistics bigint := (SELECT id FROM sharing_dataset WHERE slug = 'open-statistics');
    is_statistics boolean := (SELECT dataset_id = statistics FROM sharing_release WHERE id = wanted);
    covering bigint[];
    to_cover bigint[];
    many bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('covered figures'), of_year);
    covering := ARRAY(SELECT id FROM sharing_release WHERE dataset_id = statistics AND academic_year = of_year
                      AND CASE WHEN is_statistics THEN id = wanted ELSE state <> 'withdrawn' END);
    to_cover := ARRAY(SELECT release.id FROM sharing_release AS release
                      JOIN sharing_dataset AS stream ON stream.id = dataset_id
                      WHERE academic_year = of_year AND NOT is_published_elsewhere AND dataset_id <> statistics
                      AND (is_statistics OR release.id = wanted));
{_CELLS}    covered AS (
        SELECT measure_id, establishment_id, array_agg(release_id) AS by FROM cell GROUP BY 1, 2)
    UPDATE sharing_figure AS figure
    SET covered_by = ARRAY(SELECT unnest(figure.covered_by) UNION SELECT unnest(covered.by))
    FROM covered
    WHERE figure.release_id = ANY (to_cover) AND figure.establishment_id = covered.establishment_id
      AND figure.measure_id = covered.measure_id AND NOT figure.covered_by @> covered.by;
    GET DIAGNOSTICS many = ROW_COUNT;
    RETURN many;
END $$;
GRANT EXECUTE ON FUNCTION portal_cover_figures TO portal_batch;
"""

# Beside the step that makes a release final: whoever stored its cells or figures, nothing goes out uncovered.
ALWAYS = """
CREATE FUNCTION sharing_release_covers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM portal_cover_figures(NEW.id);
    RETURN NULL;
END $$;
CREATE TRIGGER release_covers AFTER UPDATE OF state ON sharing_release FOR EACH ROW
    WHEN (OLD.state = 'prepared' AND NEW.state IN ('checked', 'scheduled')) EXECUTE FUNCTION sharing_release_covers();
"""

# `covered_by` grows also when the figure is out; nothing else of it changes.
RULES = """
DROP TRIGGER figures_changed ON sharing_figure;
DROP TRIGGER figures_moved ON sharing_figure;
CREATE FUNCTION sharing_figure_changes() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changed bigint[] := ARRAY(
        SELECT unnest(ARRAY[before.release_id, after.release_id]) FROM before FULL JOIN after USING (id)
        WHERE to_jsonb(before) - 'covered_by' IS DISTINCT FROM to_jsonb(after) - 'covered_by');
BEGIN
    PERFORM 1 FROM sharing_release WHERE id = ANY (changed) ORDER BY id FOR KEY SHARE;
    IF EXISTS (SELECT FROM sharing_release WHERE state <> 'prepared' AND id = ANY (changed)) THEN
        RAISE EXCEPTION 'figures change only while their release is being prepared' USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT FROM before JOIN after USING (id) WHERE NOT after.covered_by @> before.covered_by) THEN
        RAISE EXCEPTION 'a figure that is covered stays covered' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER figures_changed AFTER UPDATE ON sharing_figure REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION sharing_figure_changes();
"""
RULES_BEFORE = """
DROP TRIGGER figures_changed ON sharing_figure;
CREATE TRIGGER figures_changed AFTER UPDATE ON sharing_figure REFERENCING OLD TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION sharing_figure_rules();
CREATE TRIGGER figures_moved AFTER UPDATE ON sharing_figure REFERENCING NEW TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION sharing_figure_rules();
DROP FUNCTION sharing_figure_changes;
"""

WITHHELD = """
DROP FUNCTION portal_withheld_figures;
CREATE FUNCTION portal_withheld_figures(wanted bigint)
RETURNS TABLE (release_id bigint, measure_id bigint, area varchar, is_covered boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH newest AS (
        SELECT DISTINCT ON (dataset_id, academic_year) id FROM sharing_release
        WHERE id = ANY (ARRAY(SELECT portal_releases_out()))
        ORDER BY dataset_id, academic_year, version DESC),
    beside AS (
        SELECT 'authority' AS area
        UNION ALL SELECT 'locality:' || locality_id FROM sharing_localitymembership
        WHERE establishment_id = wanted AND starts_on <= CURRENT_DATE AND (ends_on IS NULL OR ends_on >= CURRENT_DATE)),
    own AS (
        SELECT figure.*, covered_by && ARRAY(SELECT portal_releases_out()) AS is_covered
        FROM sharing_figure AS figure WHERE figure.establishment_id = wanted AND figure."group" = 'total')
    SELECT own.release_id, own.measure_id, own.area, own.is_covered AND NOT own.is_small
    FROM own JOIN newest ON newest.id = own.release_id
    WHERE wanted = ANY (ARRAY(SELECT portal_readable()))
      AND (own.is_covered
           OR own.is_small AND NOT wanted = ANY (ARRAY(SELECT portal_small_figures()))
           OR wanted = ANY (ARRAY(SELECT portal_narrowed_lines()))
           AND own.release_id = ANY (ARRAY(SELECT portal_counted_releases())))
    UNION ALL
    SELECT figure.release_id, figure.measure_id, figure.area, false
    FROM sharing_figure AS figure JOIN newest ON newest.id = figure.release_id
    WHERE figure.establishment_id IS NULL AND figure.area IN (SELECT area FROM beside) AND figure."group" = 'total'
      AND figure.release_id = ANY (ARRAY(SELECT portal_releases_of_areas()))
      AND (figure.is_small OR figure.release_id = ANY (ARRAY(SELECT portal_counted_releases())))
$$;
GRANT EXECUTE ON FUNCTION portal_withheld_figures TO portal_app, portal_batch;
"""

# Statistics that were prepared before this, also those to come.
COVER_WHAT_IS_THERE = """
SELECT portal_cover_figures(release.id) FROM sharing_release AS release
JOIN sharing_dataset AS stream ON stream.id = dataset_id
WHERE slug = 'open-statistics' AND state <> 'withdrawn' ORDER BY release.id;
"""

CREATE = RULES + COVER + ALWAYS + WITHHELD + COVER_WHAT_IS_THERE
DROP = f"""
{WITHHELD_OF_AREAS_TOO}
DROP TRIGGER release_covers ON sharing_release;
DROP FUNCTION sharing_release_covers, portal_cover_figures;
{RULES_BEFORE}
"""

# For migration 0129: the planner does not know the cells of a release that is being made. Tried one beside the other
# they take hours at the size of an authority, so each that is looked for is named first, and found by its name.
_CELLS_BY_NAME = f"""    WITH asked AS MATERIALIZED (
        SELECT measure.id AS measure_id, place.id AS establishment_id, indicator,
               replace(share.whole, '{{}}', 'place=urn:' || place.urn) AS whole,
               replace(share.part, '{{}}', 'place=urn:' || place.urn) AS part
        FROM ({_SHARES}) AS share (code, whole, part, indicator)
        JOIN sharing_measure AS measure USING (code) CROSS JOIN sharing_establishment AS place),
    told AS MATERIALIZED (
        SELECT release_id, key, indicator, establishment_id FROM sharing_statisticscell
        WHERE release_id = ANY (covering) AND symbol <> 'z'),
    cell AS MATERIALIZED (
        SELECT asked.measure_id, asked.establishment_id, first.release_id
        FROM asked JOIN told AS first
            ON first.key = asked.whole AND first.indicator = asked.indicator
            AND first.establishment_id = asked.establishment_id
        JOIN told AS second
            ON second.key = asked.part AND second.indicator = asked.indicator
            AND second.release_id = first.release_id),
"""
BY_NAME = (
    within("portal_cover_figures", (_CELLS, _CELLS_BY_NAME))
    + "ALTER FUNCTION portal_cover_figures SET enable_nestloop = off;"
    + "ALTER FUNCTION portal_cover_figures SET work_mem = '48MB';"
)
ONE_BESIDE_THE_OTHER = (
    within("portal_cover_figures", (_CELLS_BY_NAME, _CELLS))
    + "ALTER FUNCTION portal_cover_figures RESET enable_nestloop;"
    + "ALTER FUNCTION portal_cover_figures RESET work_mem;"
)

# For migration 0226: each URN of a chain counts the same children, so that in the year of a change the protected number
# of the one stands for the whole number of the other (docs/adr/0041).
_OF_ITS_OWN_URN = """    covered AS (
        SELECT measure_id, establishment_id, array_agg(release_id) AS by FROM cell GROUP BY 1, 2)
"""
_OF_ANY_URN = """    chained AS MATERIALIZED (
        SELECT id, place FROM portal_earlier(ARRAY(SELECT id FROM sharing_establishment))),
    same AS MATERIALIZED (
        SELECT id, id AS other FROM sharing_establishment
        UNION SELECT id, place FROM chained UNION SELECT place, id FROM chained),
    covered AS (
        SELECT measure_id, same.other AS establishment_id, array_agg(DISTINCT release_id) AS by
        FROM cell JOIN same ON same.id = cell.establishment_id GROUP BY 1, 2)
"""
BY_CHAIN = within("portal_cover_figures", (_OF_ITS_OWN_URN, _OF_ANY_URN))
EACH_URN_BY_ITSELF = within("portal_cover_figures", (_OF_ANY_URN, _OF_ITS_OWN_URN))
