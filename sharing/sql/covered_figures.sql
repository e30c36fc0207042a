-- Whole numbers whose place a protected one takes, and figures that are withheld (R11, R12, R31; docs/adr/0020).
--
-- Where open statistics have cells of an establishment for a measure and a year, their releases are listed in
-- `covered_by` of its figures, of all groups. From the instant one of those releases is out, only somebody who sees the
-- pupils there can read those figures. The policy compares instants, so scheduling and postponing change no row. What
-- was covered once stays covered, even by a version that has been superseded: its number has been read.

-- `covered_by` can still grow when the figure is out, but nothing else of it changes.
CREATE OR REPLACE FUNCTION sharing_figure_changes()
RETURNS trigger LANGUAGE plpgsql AS $$
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
END
$$;
CREATE OR REPLACE TRIGGER figures_changed AFTER UPDATE ON sharing_figure
    REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION sharing_figure_changes();

-- Marks the figures that a release covers, or by which it is covered, and returns how many rows changed. For open
-- statistics these are all figures of the year, and for anything else its own. Two releases of a year at once wait in
-- turn, and the second sees what the first has stored. All URNs of a chain count the same children. So in the year of a
-- change the protected number under one takes the place of the whole number under the other (docs/adr/0041).
--
-- `share`: where the numbers of a measure are, as sharing.measures.shares and protected say it, with {} for the place.
-- A test checks that the two agree.
--
-- The planner has no statistics about the cells of a release that is being made. Comparing them one by one takes hours
-- at the size of an authority. So each cell to look for is named first, and then found by its name.
CREATE OR REPLACE FUNCTION portal_cover_figures(wanted bigint)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET enable_nestloop = off SET work_mem = '48MB' AS $$
DECLARE
    of_year smallint := (SELECT academic_year FROM sharing_release WHERE id = wanted);
    statistics bigint := (SELECT id FROM sharing_dataset WHERE slug = 'open-statistics');
    is_statistics boolean := (SELECT dataset_id = statistics FROM sharing_release WHERE id = wanted);
    covering bigint[];
    to_cover bigint[];
    many bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('covered figures'), of_year);
    covering := ARRAY(
        SELECT id FROM sharing_release
        WHERE dataset_id = statistics AND academic_year = of_year
          AND CASE WHEN is_statistics THEN id = wanted ELSE state <> 'withdrawn' END);
    to_cover := ARRAY(
        SELECT release.id
        FROM sharing_release AS release JOIN sharing_dataset AS stream ON stream.id = dataset_id
        WHERE academic_year = of_year AND NOT is_published_elsewhere AND dataset_id <> statistics
          AND (is_statistics OR release.id = wanted));
    WITH asked AS MATERIALIZED (
        SELECT measure.id AS measure_id, place.id AS establishment_id, indicator,
               replace(share.whole, '{}', 'place=urn:' || place.urn) AS whole,
               replace(share.part, '{}', 'place=urn:' || place.urn) AS part
        FROM (
            VALUES ('roll_pupils', '{}', '{}', 'pupils'),
                   ('roll_fsm', '{}', 'fsm=Y|{}', 'pupils'),
                   ('roll_eal', '{}', 'eal=O|{}', 'pupils'),
                   ('roll_sen_support', '{}', '{}|sen=K', 'pupils'),
                   ('roll_ehc_plan', '{}', '{}|sen=E', 'pupils'),
                   ('attendance_persistent', 'persistently_absent=M|{}', 'persistently_absent=Y|{}', 'pupils'),
                   ('attendance_absence', '{}', '{}', 'attendance_mean'),
                   ('eyfsp_gld', '{}|year=R', 'attained=Y|{}|year=R', 'pupils'),
                   ('phonics_met', '{}|year=1', 'attained=Y|{}|year=1', 'pupils'),
                   ('ks2_counts_rwm_expected', '{}|year=6', 'attained=Y|{}|year=6', 'pupils')
        ) AS share (code, whole, part, indicator)
        JOIN sharing_measure AS measure USING (code)
        CROSS JOIN sharing_establishment AS place),
    told AS MATERIALIZED (
        SELECT release_id, key, indicator, establishment_id FROM sharing_statisticscell
        WHERE release_id = ANY (covering) AND symbol <> 'z'),
    cell AS MATERIALIZED (
        SELECT asked.measure_id, asked.establishment_id, first.release_id
        FROM asked
        JOIN told AS first
          ON first.key = asked.whole AND first.indicator = asked.indicator
         AND first.establishment_id = asked.establishment_id
        JOIN told AS second
          ON second.key = asked.part AND second.indicator = asked.indicator
         AND second.release_id = first.release_id),
    chained AS MATERIALIZED (
        SELECT id, place FROM portal_earlier(ARRAY(SELECT id FROM sharing_establishment))),
    same AS MATERIALIZED (
        SELECT id, id AS other FROM sharing_establishment
        UNION SELECT id, place FROM chained
        UNION SELECT place, id FROM chained),
    covered AS (
        SELECT measure_id, same.other AS establishment_id, array_agg(DISTINCT release_id) AS by
        FROM cell JOIN same ON same.id = cell.establishment_id
        GROUP BY 1, 2)
    UPDATE sharing_figure AS figure
    SET covered_by = ARRAY(SELECT unnest(figure.covered_by) UNION SELECT unnest(covered.by))
    FROM covered
    WHERE figure.release_id = ANY (to_cover) AND figure.establishment_id = covered.establishment_id
      AND figure.measure_id = covered.measure_id AND NOT figure.covered_by @> covered.by;
    GET DIAGNOSTICS many = ROW_COUNT;
    RETURN many;
END
$$;

-- Runs with the step that makes a release final, so that nothing goes out uncovered, whoever stored its cells or
-- figures.
CREATE OR REPLACE FUNCTION sharing_release_covers()
RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM portal_cover_figures(NEW.id);
    RETURN NULL;
END
$$;
CREATE OR REPLACE TRIGGER release_covers AFTER UPDATE OF state ON sharing_release
    FOR EACH ROW WHEN (OLD.state = 'prepared' AND NEW.state IN ('checked', 'scheduled'))
    EXECUTE FUNCTION sharing_release_covers();

-- Which figures are withheld from the asker: only that there is one, never what it says (R31). The policy hides a
-- figure of few children as if there were none, but the page has to tell the two apart. The same applies to the areas
-- beside the establishment, and to what a narrowed line could subtract from. PostgreSQL assumes that an establishment
-- has a thousand URNs, and would read all the figures there are. That is why the establishments of the figures are also
-- a condition of their own.
CREATE OR REPLACE FUNCTION portal_withheld_figures(wanted bigint)
RETURNS TABLE(release_id bigint, measure_id bigint, area character varying, is_covered boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH newest AS (
        SELECT DISTINCT ON (dataset_id, academic_year) id FROM sharing_release
        WHERE id = ANY (ARRAY(SELECT portal_releases_out()))
        ORDER BY dataset_id, academic_year, version DESC),
    beside AS (
        SELECT 'authority' AS area
        UNION ALL
        SELECT 'locality:' || locality_id FROM sharing_memberships_today() WHERE establishment_id = wanted),
    under AS MATERIALIZED (
        SELECT wanted AS id, 0 AS steps, NULL::bigint AS release
        UNION ALL SELECT earlier, steps, release FROM portal_history(ARRAY[wanted])),
    own AS (
        SELECT DISTINCT ON (figure.release_id, figure.measure_id)
            figure.*, covered_by && ARRAY(SELECT id FROM sharing_release WHERE goes_out_at <= now()) AS is_covered
        FROM sharing_figure AS figure
        JOIN under
          ON figure.establishment_id = under.id AND (under.steps = 0 OR figure.release_id = under.release)
        WHERE figure.establishment_id = ANY (ARRAY(SELECT id FROM under)) AND figure."group" = 'total'
        ORDER BY figure.release_id, figure.measure_id, under.steps)
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
    WHERE figure.establishment_id IS NULL AND figure.area IN (SELECT area FROM beside)
      AND figure."group" = 'total'
      AND figure.release_id = ANY (ARRAY(SELECT portal_releases_of_areas()))
      AND (figure.is_small OR figure.release_id = ANY (ARRAY(SELECT portal_counted_releases())))
$$;

GRANT EXECUTE ON FUNCTION portal_cover_figures TO portal_batch;
GRANT EXECUTE ON FUNCTION portal_withheld_figures TO portal_app, portal_batch;
