"""Which figures are withheld from the asker, in SQL for migrations 0013 and 0054: that there is one, never what it
says (R31).

Since then covered_figures (0121), history (0199) and stopped_releases (0250) have changed portal_withheld_figures:
docs/database has it whole, as it is now.
"""

# The policy hides a figure of few children as if there were none. The page has to tell the two apart.
WITHHELD = """
CREATE FUNCTION portal_withheld_figures(wanted bigint)
RETURNS TABLE (release_id bigint, measure_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH newest AS (
        SELECT DISTINCT ON (dataset_id, academic_year) id FROM sharing_release
        WHERE id = ANY (ARRAY(SELECT portal_releases_out()))
        ORDER BY dataset_id, academic_year, version DESC)
    SELECT figure.release_id, figure.measure_id
    FROM sharing_figure AS figure JOIN newest ON newest.id = figure.release_id
    WHERE figure.establishment_id = wanted AND figure.is_small AND figure."group" = 'total'
      AND wanted = ANY (ARRAY(SELECT portal_readable()))
      AND NOT wanted = ANY (ARRAY(SELECT portal_small_figures()))
$$;
GRANT EXECUTE ON FUNCTION portal_withheld_figures TO portal_app;
"""
NO_WITHHELD = "DROP FUNCTION portal_withheld_figures;"

# Those of the areas beside the establishment too; and from a narrowed line what it could subtract from.
WITHHELD_OF_AREAS_TOO = """
DROP FUNCTION portal_withheld_figures;
CREATE FUNCTION portal_withheld_figures(wanted bigint)
RETURNS TABLE (release_id bigint, measure_id bigint, area varchar)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH newest AS (
        SELECT DISTINCT ON (dataset_id, academic_year) id FROM sharing_release
        WHERE id = ANY (ARRAY(SELECT portal_releases_out()))
        ORDER BY dataset_id, academic_year, version DESC),
    beside AS (
        SELECT 'authority' AS area
        UNION ALL SELECT 'locality:' || locality_id FROM sharing_localitymembership
        WHERE establishment_id = wanted AND starts_on <= CURRENT_DATE AND (ends_on IS NULL OR ends_on >= CURRENT_DATE))
    SELECT figure.release_id, figure.measure_id, figure.area
    FROM sharing_figure AS figure JOIN newest ON newest.id = figure.release_id
    WHERE figure.establishment_id = wanted AND figure."group" = 'total'
      AND wanted = ANY (ARRAY(SELECT portal_readable()))
      AND (figure.is_small AND NOT wanted = ANY (ARRAY(SELECT portal_small_figures()))
           OR wanted = ANY (ARRAY(SELECT portal_narrowed_lines()))
           AND figure.release_id = ANY (ARRAY(SELECT portal_counted_releases())))
    UNION ALL
    SELECT figure.release_id, figure.measure_id, figure.area
    FROM sharing_figure AS figure JOIN newest ON newest.id = figure.release_id
    WHERE figure.establishment_id IS NULL AND figure.area IN (SELECT area FROM beside) AND figure."group" = 'total'
      AND figure.release_id = ANY (ARRAY(SELECT portal_releases_of_areas()))
      AND (figure.is_small OR figure.release_id = ANY (ARRAY(SELECT portal_counted_releases())))
$$;
GRANT EXECUTE ON FUNCTION portal_withheld_figures TO portal_app, portal_batch;
"""
WITHHELD_OF_PLACES_ONLY = f"{NO_WITHHELD} {WITHHELD} GRANT EXECUTE ON FUNCTION portal_withheld_figures TO portal_batch;"
