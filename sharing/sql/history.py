"""The figures of an establishment from before it had its URN, in SQL for migration 0199 (R3, R31, A2; docs/adr/0041).

It is the same establishment: whoever reads its figures reads the earlier ones as they read those of today, and nobody
reads more. An earlier URN speaks for the releases of school years that were over when it closed, and for those whose
day was not after its last one; for all others the URN that followed speaks.
"""

from sharing.sql.overrides import within

_CHAIN = """
CREATE FUNCTION portal_earlier(places bigint[]) RETURNS TABLE (id bigint, place bigint, steps integer)
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    WITH RECURSIVE chain AS (
        SELECT before.id, before.goes_on_as_id AS place, 1 AS steps FROM sharing_establishment AS before
        WHERE before.goes_on_as_id = ANY (places)
        UNION ALL
        SELECT before.id, chain.place, chain.steps + 1 FROM chain
        JOIN sharing_establishment AS before ON before.goes_on_as_id = chain.id
    ) CYCLE id SET is_cycle USING path
    SELECT id, place, steps FROM chain WHERE NOT is_cycle
$$;
CREATE FUNCTION portal_history(places bigint[])
RETURNS TABLE (place bigint, earlier bigint, release bigint, steps integer)
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT chain.place, chain.id, release.id, chain.steps
    FROM portal_earlier(places) AS chain JOIN sharing_establishment AS before ON before.id = chain.id
    JOIN sharing_release AS release ON release.state = 'scheduled' AND release.goes_out_at <= now()
     AND (release.as_of <= before.close_date OR release.academic_year < extract(year FROM before.close_date + 1)
            - CASE WHEN extract(month FROM before.close_date + 1) < 9 THEN 1 ELSE 0 END)
$$;
GRANT EXECUTE ON FUNCTION portal_earlier, portal_history TO portal_app, portal_batch;
"""
_NO_CHAIN = "DROP FUNCTION portal_history, portal_earlier;"

# (function, its words, the same with the earlier URNs of its establishments)
_PLACES = (
    ("portal_readable", "    SELECT id FROM own\n", "    , readable AS (SELECT id FROM own\n"),
    (
        "portal_readable",
        "FROM own JOIN taking_part USING (id)) END\n",
        "FROM own JOIN taking_part USING (id)) END)\n"
        "    SELECT id FROM readable UNION SELECT id FROM portal_earlier(ARRAY(SELECT id FROM readable))\n",
    ),
    (
        "portal_small_figures",
        "    SELECT portal_establishments('view_pupils')\n",
        "    WITH seen AS (SELECT portal_establishments('view_pupils') AS id\n",
    ),
    (
        "portal_small_figures",
        "EXCEPT SELECT portal_out_of_scope()\n",
        "EXCEPT SELECT portal_out_of_scope())\n"
        "    SELECT id FROM seen UNION ALL SELECT id FROM portal_earlier(ARRAY(SELECT id FROM seen))\n",
    ),
    (
        "portal_narrowed_lines",
        "    SELECT establishment_id FROM sharing_establishmentpermission AS held\n",
        "    WITH narrowed AS (SELECT establishment_id AS id FROM sharing_establishmentpermission AS held\n",
    ),
    (
        "portal_narrowed_lines",
        "AND establishment_id = held.establishment_id AND year_groups = '{}')\n",
        "AND establishment_id = held.establishment_id AND year_groups = '{}'))\n"
        "    SELECT id FROM narrowed UNION ALL SELECT id FROM portal_earlier(ARRAY(SELECT id FROM narrowed))\n",
    ),
)
_OWN = """        SELECT figure.*, covered_by && ARRAY(SELECT portal_releases_out()) AS is_covered
        FROM sharing_figure AS figure WHERE figure.establishment_id = wanted AND figure."group" = 'total')
"""
_OWN_AND_EARLIER = """        SELECT DISTINCT ON (figure.release_id, figure.measure_id)
            figure.*, covered_by && ARRAY(SELECT portal_releases_out()) AS is_covered
        FROM (SELECT wanted AS id, 0 AS steps, NULL::bigint AS release
              UNION ALL SELECT earlier, steps, release FROM portal_history(ARRAY[wanted])) AS under
        JOIN sharing_figure AS figure
            ON figure.establishment_id = under.id AND (under.steps = 0 OR figure.release_id = under.release)
        WHERE figure."group" = 'total'
        ORDER BY figure.release_id, figure.measure_id, under.steps)
"""


def _changed(*, back: bool = False) -> str:
    """Each function with its changes, or without them again."""
    parts: dict[str, list[tuple[str, str]]] = {}
    for name, old, new in (*_PLACES, ("portal_withheld_figures", _OWN, _OWN_AND_EARLIER)):
        parts.setdefault(name, []).append((new, old) if back else (old, new))
    return "".join(within(name, *changes) for name, changes in parts.items())


CREATE = _CHAIN + _changed()
DROP = _changed(back=True) + _NO_CHAIN
