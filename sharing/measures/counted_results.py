"""What pupils attained at the end of a stage, from their results (docs/formats/results.md).

A result counts at the establishment where the pupil was on the register on the summer census day of that year, not
where a later record has it. Estimates, targets and interim results do not count. A pupil who left, or whose paper was
lost, missing, suppressed or annulled by maladministration, is not among those assessed; one who was absent or worked
below the test is, and has not reached the standard.
"""

from typing import Final

from sharing.measures.counted import Counted

PHONICS_STANDARD: Final = 32  # the mark in every year so far
EXPECTED, HIGHER = 100, 110  # scaled scores
UNKNOWN: Final = "('L', 'M', 'Q', 'S', 'X')"
EARLY_GOALS: Final = {
    "COM": ("LAU", "SPE"),
    "PSE": ("SRE", "MSE", "BRE"),
    "PHY": ("GMS", "FMS"),
    "LIT": ("CMP", "WRD", "WRT"),
    "MAT": ("NUM", "NPA"),
}
"""The twelve goals of a good level of development, by area of learning."""
EBACC: Final = (
    "SCI", "BIO", "CHE", "PHY", "COM", "HIS", "GEO", "ANC", "FRE", "GER", "SPA", "ITA", "URD", "PNJ", "BEN", "GUJ",
    "ARA", "CHI", "POL", "RUS", "TUR", "POR", "GRE", "HEB", "JAP", "PER", "LAT", "CGR", "BHE",
)  # fmt: skip
VOCATIONAL: Final = {
    "L1P": "1.25", "L1M": "2", "L1D": "3", "L1D*": "3", "L2P": "4", "L2M": "5.5", "L2D": "7", "L2D*": "8.5",
}  # fmt: skip
"""Points of a vocational award in Attainment 8: from general knowledge, not from a source at hand."""


_TOLD = "stage, academic_year, dfe_number, status, subject, component, told.result, told.as_of"


def _results(stage: str) -> str:
    """SQL for the results of a stage, by the record that counts.

    Results that come in after an establishment has got a new URN, or several, are on the child's record there, but
    count under the URN of that year: for example when summer results are corrected in the autumn.
    """
    return f"""
        SELECT DISTINCT ON (pupil_id, subject, component) pupil_id, subject, component, result
        FROM (
            SELECT pupil_id, {_TOLD}, 0 AS later FROM sharing_result AS told
            UNION ALL
            SELECT before.id, {_TOLD}, chain.steps
            FROM portal_earlier(ARRAY(SELECT goes_on_as_id FROM sharing_establishment WHERE goes_on_as_id > 0)) AS chain
            JOIN sharing_pupil AS now ON now.establishment_id = chain.place
            JOIN sharing_pupil AS before ON before.establishment_id = chain.id AND before.child_id = now.child_id
            JOIN sharing_result AS told ON told.pupil_id = now.id) AS known
        WHERE stage = '{stage}' AND academic_year = %(year)s AND dfe_number = '' AND status IN ('R', 'P')
          AND EXISTS (
            SELECT FROM sharing_enrolment AS enrolment
            WHERE enrolment.pupil_id = known.pupil_id AND kind IN ('C', 'M') AND cancelled_at IS NULL
              AND starts_on <= %(end)s AND (ends_on IS NULL OR ends_on >= %(end)s))
        ORDER BY pupil_id, subject, component, as_of DESC, later DESC
    """  # noqa: S608


def _main(subject: str) -> str:
    return f"max(result) FILTER (WHERE subject = '{subject}' AND component = '')"


def _area(area: str, goals: tuple[str, ...]) -> str:
    """SQL for whether an area is at the expected level: as given for the whole area, else if all its goals are."""
    names = ", ".join(f"'{goal}'" for goal in goals)
    whole = f"max(result) FILTER (WHERE subject = '{area}' AND component = '') = '2'"
    met = f"count(*) FILTER (WHERE subject = '{area}' AND component IN ({names}) AND result = '2') = {len(goals)}"
    return f"coalesce({whole}, {met})"


GOOD_LEVEL: Final = f"coalesce({_main('GLD')} = 'Y', {' AND '.join(_area(*area) for area in EARLY_GOALS.items())})"
"""SQL: whether the results of the early years profile, grouped by pupil, are a good level of development."""
_GOOD_LEVEL = f"""
    SELECT pupil_id, ({GOOD_LEVEL})::int, 1
    FROM ({_results("FS")}) AS result GROUP BY pupil_id
    HAVING bool_or(result <> 'A')
"""  # noqa: S608

_PHONICS = f"""
    SELECT pupil_id, (outcome = 'Wa')::int, 1 FROM (
        SELECT pupil_id, coalesce(
            max(result) FILTER (WHERE component = 'OUT'),
            max(CASE WHEN result !~ '^[0-9]+$' THEN result
                     WHEN result::int >= {PHONICS_STANDARD} THEN 'Wa' ELSE 'Wt' END)
                FILTER (WHERE component = '')) AS outcome
        FROM ({_results("PH")}) AS result JOIN measured USING (pupil_id)
        WHERE years_after_reception = 1 GROUP BY pupil_id) AS told
    WHERE outcome NOT IN {UNKNOWN}
"""  # noqa: S608


def _at_eleven(code: str, score: int, writing: str) -> Counted:
    """A measure of pupils with a known result in all three: reading and maths by the test, writing by the teacher."""
    at_least = f"CASE WHEN {{0}} ~ '^[0-9]+$' THEN {{0}}::int >= {score} ELSE false END"
    return Counted(
        code,
        f"""
        SELECT pupil_id, ({at_least.format("rea")} AND {at_least.format("mat")} AND wri IN {writing})::int, 1 FROM (
            SELECT pupil_id, {_main("REA")} AS rea, {_main("MAT")} AS mat, {_main("WRI")} AS wri
            FROM ({_results("K2")}) AS result GROUP BY pupil_id) AS told
        WHERE rea NOT IN {UNKNOWN} AND mat NOT IN {UNKNOWN} AND wri NOT IN {UNKNOWN}
        """,  # noqa: S608
    )


_AWARDS = " ".join(f"WHEN '{grade}' THEN {points}" for grade, points in VOCATIONAL.items())
_EBACC = ", ".join(f"'{subject}'" for subject in EBACC)
# English and maths count twice (English only if both language and literature were taken), then the three best English
# Baccalaureate subjects, then the three best of the rest. Combined science counts as two of the eight.
_ATTAINMENT_8 = f"""
    WITH entry AS ({_results("K4")}),
    graded AS (
        SELECT pupil_id, subject, CASE
            WHEN subject = 'VOC' THEN CASE result {_AWARDS} ELSE 0 END
            WHEN result ~ '^[1-9]-[1-9]$' THEN (left(result, 1)::int + right(result, 1)::int) / 2.0
            WHEN result ~ '^[1-9]$' THEN result::int
            ELSE 0 END AS points
        FROM entry WHERE (component = 'GCSE' OR subject = 'VOC') AND result NOT IN ('X', 'Q')),
    english AS (
        SELECT pupil_id, max(points) * count(*) AS points, min(points) AS lesser, count(*) = 2 AS both_taken
        FROM graded WHERE subject IN ('ENG', 'ENL') GROUP BY pupil_id),
    baccalaureate AS (
        SELECT pupil_id, points, row_number() OVER (PARTITION BY pupil_id ORDER BY points DESC) AS place
        FROM graded, generate_series(1, CASE WHEN subject = 'SCI' THEN 2 ELSE 1 END)
        WHERE subject IN ({_EBACC})),
    remaining AS (
        SELECT pupil_id, points FROM baccalaureate WHERE place > 3
        UNION ALL SELECT pupil_id, lesser FROM english WHERE both_taken
        UNION ALL SELECT pupil_id, points FROM graded WHERE subject NOT IN ('ENG', 'ENL', 'MAT', {_EBACC})),
    best AS (
        SELECT pupil_id, points, row_number() OVER (PARTITION BY pupil_id ORDER BY points DESC) AS place
        FROM remaining),
    counted AS (
        SELECT pupil_id, points FROM english
        UNION ALL SELECT pupil_id, 2 * points FROM graded WHERE subject = 'MAT'
        UNION ALL SELECT pupil_id, points FROM baccalaureate WHERE place <= 3
        UNION ALL SELECT pupil_id, points FROM best WHERE place <= 3)
    SELECT pupil_id, coalesce(told, total, 0), 1
    FROM (SELECT pupil_id, (max(result) FILTER (WHERE subject = 'ATT8'))::numeric AS told
          FROM entry WHERE component = 'GCSE' OR subject IN ('VOC', 'ATT8') GROUP BY pupil_id) AS assessed
    LEFT JOIN (SELECT pupil_id, sum(points) AS total FROM counted GROUP BY pupil_id) AS eight USING (pupil_id)
"""  # noqa: S608

_STRONG_PASS = 5
_ENGLISH_AND_MATHS = f"""
    SELECT pupil_id, coalesce(max(grade) FILTER (WHERE subject IN ('ENG', 'ENL')) >= {_STRONG_PASS}
                              AND max(grade) FILTER (WHERE subject = 'MAT') >= {_STRONG_PASS}, false)::int, 1
    FROM (SELECT pupil_id, subject, CASE WHEN result ~ '^[1-9]$' THEN result::int ELSE 0 END AS grade
          FROM ({_results("K4")}) AS result WHERE component = 'GCSE') AS entry
    GROUP BY pupil_id
"""  # noqa: S608

EYFSP = (Counted("eyfsp_gld", _GOOD_LEVEL),)
PHONICS = (Counted("phonics_met", _PHONICS),)
KS2 = (
    _at_eleven("ks2_counts_rwm_expected", EXPECTED, "('EXS', 'GDS')"),
    _at_eleven("ks2_counts_rwm_higher", HIGHER, "('GDS')"),
)
KS4 = (Counted("ks4_counts_attainment8", _ATTAINMENT_8, of_children=False, keeps_numerator=False),)
ENGLISH_AND_MATHS = Counted("ks4_english_maths_5", _ENGLISH_AND_MATHS)
"""For open statistics only: as a figure of schools the Department for Education publishes it."""
