"""Which figures are withheld from the asker, in SQL for migration 0016: that there is one, never what it says (R31)."""

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
