-- Figures of the context of establishments, as everybody may read them: lists are ordered by them (R12, R29, R31).
--
-- Whoever asks reads with their own rights, under the policies of figures and of cells. The plan is made once for each
-- connection: with all those policies, planning takes longer than the answer.

-- For each establishment, by its id: the figure of the first of these measures that has one. If none has, the band of
-- the first measure that is in one. Where nothing has been published under its own URN, the same from the newest
-- earlier URN that has something (A2). `parts`: for each measure of which open statistics have a protected share, the
-- beginning of the keys of its cells, such as fsm=Y. Null for the others.
--
-- A figure is the newest one that everybody may read, if its year is after that of the newest protected share.
-- Otherwise it is that share, by the rule of every rate (sharing.statistics.rates.percent). So nobody reads an exact
-- figure here where a protected one takes its place. An exact figure has four decimals and a share none:
-- sharing.context tells them apart by that. A share that is no number is one of its BANDS.
CREATE OR REPLACE FUNCTION sharing_figures_of_context(codes text[], parts text[])
RETURNS jsonb LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    places bigint[] := ARRAY(SELECT id FROM sharing_establishment);
BEGIN
    RETURN (
        WITH newest AS MATERIALIZED (
            SELECT DISTINCT ON (dataset_id, academic_year) id, dataset_id, academic_year FROM sharing_release
            WHERE state = 'scheduled' AND goes_out_at <= now()
            ORDER BY dataset_id, academic_year, version DESC),
        wanted AS MATERIALIZED (
            SELECT measure.id, measure.dataset_id, asked.part, asked.turn
            FROM unnest(codes, parts) WITH ORDINALITY AS asked(code, part, turn)
            JOIN sharing_measure AS measure USING (code)
            WHERE NOT measure.is_outcome),
        whole AS MATERIALIZED (
            SELECT DISTINCT ON (cell.establishment_id) cell.*, newest.academic_year, rules.rate_from
            FROM newest
            JOIN sharing_statisticsrules AS rules ON rules.release_id = newest.id
            CROSS JOIN sharing_establishment AS place
            CROSS JOIN LATERAL (
                SELECT establishment_id, release_id, key, value, symbol FROM sharing_statisticscell
                WHERE release_id = newest.id AND establishment_id = place.id AND key = 'place=urn:' || place.urn
                  AND indicator = 'pupils'
                OFFSET 0) AS cell
            WHERE EXISTS (SELECT FROM wanted WHERE part IS NOT NULL)
            ORDER BY cell.establishment_id, newest.academic_year DESC),
        exact AS (
            SELECT DISTINCT ON (figure.establishment_id, wanted.turn)
                   figure.establishment_id, wanted.turn, figure.value
            FROM wanted
            JOIN newest USING (dataset_id)
            CROSS JOIN LATERAL (
                SELECT establishment_id, value, covered_by FROM sharing_figure
                WHERE establishment_id = ANY (places) AND release_id = newest.id AND measure_id = wanted.id
                  AND area = '' AND "group" = 'total' AND NOT is_small
                OFFSET 0) AS figure
            LEFT JOIN whole ON whole.establishment_id = figure.establishment_id AND wanted.part IS NOT NULL
            WHERE NOT figure.covered_by && ARRAY(SELECT id FROM sharing_release WHERE goes_out_at <= now())
              AND (whole.academic_year IS NULL OR whole.academic_year < newest.academic_year)
            ORDER BY figure.establishment_id, wanted.turn, newest.academic_year DESC),
        counted AS MATERIALIZED (
            SELECT whole.establishment_id, wanted.turn, whole.value AS pupils, whole.rate_from,
                   coalesce(part.value, 0) AS part
            FROM wanted
            CROSS JOIN whole
            CROSS JOIN LATERAL (
                SELECT value, symbol FROM sharing_statisticscell
                WHERE release_id = whole.release_id AND establishment_id = whole.establishment_id
                  AND key = wanted.part || '|' || whole.key AND indicator = 'pupils'
                OFFSET 0) AS part
            WHERE whole.symbol <> 'z' AND part.symbol <> 'z'),
        told AS (
            SELECT establishment_id, turn, value, false AS is_share, false AS is_band FROM exact
            UNION ALL
            SELECT establishment_id, turn, least(greatest(floor((200 * part + pupils) / (2 * pupils)), 1), 99), true, false
            FROM counted WHERE pupils >= rate_from AND part > 0 AND part < pupils
            UNION ALL
            SELECT establishment_id, turn,
                   CASE WHEN pupils IS NULL OR pupils < rate_from THEN -1 WHEN part = 0 THEN 0 ELSE 100 END, true, true
            FROM counted WHERE pupils IS NULL OR pupils < rate_from OR part = 0 OR part >= pupils),
        own AS MATERIALIZED (
            SELECT DISTINCT ON (establishment_id) establishment_id, value FROM told WHERE value IS NOT NULL
            ORDER BY establishment_id, is_band, turn, is_share),
        under AS (
            SELECT id AS place, id, 0 AS steps FROM unnest(places) AS id
            UNION ALL SELECT place, id, steps FROM portal_earlier(places)),
        newest_urn AS (
            SELECT DISTINCT ON (under.place) under.place, own.value
            FROM under JOIN own ON own.establishment_id = under.id
            ORDER BY under.place, under.steps)
        SELECT coalesce(jsonb_object_agg(place, value), '{}') FROM newest_urn);
END
$$;

GRANT EXECUTE ON FUNCTION sharing_figures_of_context TO portal_app, portal_batch;
