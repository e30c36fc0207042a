"""Which child a row of a file is: by UPN, or by the UPN the child had before (formats page 1).

A UPN that is new here, whose former UPN is known, is the same child (a temporary UPN that became permanent), unless
the file itself has another pupil with that UPN, or the records with it have another date of birth or forename (a twin's
number). It is noted as a merge, which the data team can undo. Two children who are known already are never joined here,
be it that they were taken apart: the data team does that, by a merge.

A school's own file joins only with children of whom the school has a record, and holds the row against that record
alone. What it says of a UPN, former or present, that is somebody's elsewhere is what it says of one that is nobody's,
so that a file of guesses learns nothing (R5): a child of the school's who is told with such a UPN keeps their record,
under it. The data team finds the pair among the possible duplicates.

A child who is told, new at a school, under a UPN whose records elsewhere all have another date of birth and another
surname is another child, by whatever file: two children were given one UPN. Each has an identity of its own, or the one
would be opened, closed and answered for with the other. The data team finds these too among the possible duplicates.

A child who came without a UPN (Admissions told of them) is the only row of the file there with that name and date of
birth: the row brings the number. So does the row that tells, as the former UPN, one that was another child's.
"""

from sharing.imports.problems import Problem, ProblemLog
from sharing.imports.staging import make_table, run

TWICE = "The child of row {first} of this file is here again, under the same or a former UPN. Find out whose it is."
OTHER_CHILD = (
    "The record here with this UPN has another surname and date of birth. Check that the UPN is this child's own."
)
IN_THE_FILE = "This former UPN is the present UPN of another pupil of the file. The two were not joined: check it."
ELSEWHERE = (
    "This former UPN is known here for somebody with another date of birth or forename. The two were not joined: "
    "check it, "
    "and if it is one child, ask the council's data team to join them."
)
BOTH_KNOWN = (
    "UPN and former UPN are both known, as two children. If it is one child, the council's data team can join them."
)

TAKEN_APART = (
    "The council's data team has found UPN and former UPN to be two children. Take the former UPN out, or tell them."
)


def find(log: ProblemLog, *, is_of_a_school: bool) -> None:
    """Make `told_child`: each UPN that the file tells at an establishment, and whose child it is; whether the UPN is
    new (then perhaps an alias), and whether it is another child's elsewhere (then the child here is one apart)."""
    make_table("told_former", query=_FORMER_OF_A_SCHOOL if is_of_a_school else _FORMER)
    make_table("told_child", query=_CHILDREN, indexed=["upn_index"])
    run("ANALYZE told_child")
    for row, in_the_file, is_known, is_alike, is_apart in run(_NOT_JOINED):
        if in_the_file or is_known or not is_alike:
            known = TAKEN_APART if is_apart else BOTH_KNOWN
            cure = IN_THE_FILE if in_the_file else known if is_known else ELSEWHERE
            log.add(Problem(row, "FormerUPN", "", cure, fatal=False))


def refuse_twice(log: ProblemLog) -> None:
    """A problem for each row that tells a child whom an earlier row told already."""
    for row, first in run(_TWICE):
        log.add(Problem(row, "UPN", "", TWICE.format(first=first)))


def ask_about_others(log: ProblemLog) -> None:
    """A query for each row whose UPN belongs to a record that looks like another child."""
    for (row,) in run(_OTHERS):
        log.add(Problem(row, "UPN", "", OTHER_CHILD, fatal=False))


# Rows with a former UPN that is a known child's.
_FORMER_UPNS = """
    SELECT told.row, told.upn_index, coalesce(former.same_as_id, former.id) AS former_id,
           EXISTS (SELECT FROM told_pupil AS other WHERE other.upn_index = told.former_upn_index
                   AND other.establishment_id = told.establishment_id) AS in_the_file,
           coalesce(present.same_as_id, present.id) AS present_id,
           coalesce((SELECT bool_or(record.born_on = told.born_on
                                    AND sharing_plain(record.forename) = sharing_plain(told.forename))
                     FROM sharing_pupil AS record
                     WHERE record.child_id = coalesce(former.same_as_id, former.id){}), true) AS is_alike
    FROM told_pupil AS told
    JOIN sharing_child AS former ON former.upn_index = told.former_upn_index
    LEFT JOIN sharing_child AS present ON present.upn_index = told.upn_index{}
    WHERE told.former_upn_index <> told.upn_index{}
"""
_OF_THEIRS = """
    AND EXISTS (SELECT FROM sharing_pupil AS theirs WHERE theirs.establishment_id = told.establishment_id
                AND theirs.child_id = coalesce({child}.same_as_id, {child}.id))
"""
_FORMER = _FORMER_UPNS.format("", "", "")
_FORMER_OF_A_SCHOOL = _FORMER_UPNS.format(
    " AND record.establishment_id = told.establishment_id",
    _OF_THEIRS.format(child="present"),
    _OF_THEIRS.format(child="former"),
)
_JOINED = """
    SELECT upn_index, min(former_id::text)::uuid AS id FROM told_former
    WHERE present_id IS NULL AND NOT in_the_file AND is_alike GROUP BY upn_index
"""
# A record that waits for its number, and the one row there with that forename and date of birth: it has no UPN
# (Admissions told of the child) and the surname too, or its UPN is another child's and the row tells it as the former.
_AWAITED = """
    SELECT DISTINCT ON (establishment_id, upn_index) establishment_id, upn_index, id FROM (
        SELECT told.establishment_id, min(told.upn_index) AS upn_index, mine.child_id AS id
        FROM told_pupil AS told JOIN theirs AS mine USING (establishment_id, born_on)
        WHERE sharing_plain(mine.forename) = sharing_plain(told.forename) AND (
            mine.has_no_upn AND sharing_plain(mine.surname) = sharing_plain(told.surname)
            OR mine.upn_index = told.former_upn_index AND NOT EXISTS (
                SELECT FROM sharing_child AS former WHERE former.upn_index = told.former_upn_index
                  AND mine.child_id = coalesce(former.same_as_id, former.id)))
        GROUP BY told.establishment_id, mine.child_id HAVING count(DISTINCT told.upn_index) = 1) AS one
    ORDER BY establishment_id, upn_index, id
"""
# Those of whom all that is known elsewhere, under their UPN, says that it is another child.
_ANOTHERS = """
    SELECT told.establishment_id, told.upn_index FROM told_pupil AS told JOIN number USING (upn_index)
    JOIN sharing_pupil AS record ON record.child_id = known_id AND record.establishment_id <> told.establishment_id
    WHERE told.is_whole GROUP BY 1, 2
    HAVING bool_and(told.born_on <> record.born_on AND sharing_plain(told.surname) <> sharing_plain(record.surname))
"""
# The child of whom there is a record at the row's establishment, by its identity (`here`), under this UPN (`own`) or
# for want of one of its own (`awaited`). Then the one whom the former UPN tells, and only then the one known elsewhere.
_CHILDREN = f"""
    WITH place AS (SELECT DISTINCT establishment_id, upn_index FROM told_pupil),
    theirs AS (SELECT establishment_id, child_id, upn_index, upn IS NULL AS has_no_upn, born_on, surname, forename
               FROM sharing_pupil
               WHERE establishment_id = ANY (ARRAY(SELECT DISTINCT establishment_id FROM place))),
    awaited AS MATERIALIZED ({_AWAITED}),
    number AS MATERIALIZED (
        SELECT told.upn_index, known.id IS NULL AS is_new, coalesce(known.same_as_id, known.id) AS known_id,
               coalesce(joined.id, CASE WHEN known.id IS NULL THEN awaited.id END) AS joined_id,
               gen_random_uuid() AS new_id
        FROM (SELECT DISTINCT upn_index FROM place) AS told
        LEFT JOIN sharing_child AS known ON known.upn_index = told.upn_index
        LEFT JOIN ({_JOINED}) AS joined ON joined.upn_index = told.upn_index
        LEFT JOIN (SELECT upn_index, min(id::text)::uuid AS id FROM awaited GROUP BY upn_index) AS awaited
          ON awaited.upn_index = told.upn_index)
    SELECT establishment_id, upn_index, is_new, is_new AND child_id <> new_id AS is_alias, child_id IS NULL AS is_apart,
           coalesce(child_id, gen_random_uuid()) AS child_id
    FROM (SELECT place.establishment_id, place.upn_index, is_new, new_id,
                 coalesce(here.id, own.id, awaited.id, joined_id,
                          CASE WHEN is_new THEN new_id WHEN another.upn_index IS NULL THEN known_id END) AS child_id
          FROM place JOIN number ON number.upn_index = place.upn_index
          LEFT JOIN (SELECT DISTINCT establishment_id, child_id AS id FROM theirs) AS here
            ON here.establishment_id = place.establishment_id AND here.id = known_id
          LEFT JOIN (SELECT establishment_id, upn_index, min(child_id::text)::uuid AS id FROM theirs GROUP BY 1, 2)
            AS own ON (own.establishment_id, own.upn_index) = (place.establishment_id, place.upn_index)
          LEFT JOIN awaited
            ON (awaited.establishment_id, awaited.upn_index) = (place.establishment_id, place.upn_index)
          LEFT JOIN ({_ANOTHERS}) AS another
            ON (another.establishment_id, another.upn_index) = (place.establishment_id, place.upn_index)) AS found
"""  # noqa: S608
_NOT_JOINED = """
    SELECT row, in_the_file, present_id IS NOT NULL, is_alike,
           EXISTS (SELECT FROM sharing_childmerge AS done WHERE undone_at IS NOT NULL
                   AND (done.child_id, done.into_id) IN ((present_id, former_id), (former_id, present_id)))
    FROM told_former
    WHERE present_id IS DISTINCT FROM former_id ORDER BY row
"""
_TWICE = """
    SELECT row, first FROM (
        SELECT row, tells, place, first_value(row) OVER (PARTITION BY pupil_id ORDER BY place) AS first
        FROM told_record
    ) AS told WHERE tells AND place > 1 ORDER BY row
"""
_OTHERS = "SELECT row FROM told_record WHERE looks_like_another ORDER BY row"
