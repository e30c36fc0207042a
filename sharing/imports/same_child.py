"""Which child a row of a file is: found by UPN, or by the UPN the child had before (formats page 1).

A UPN that is new here with a former UPN that is known is the same child (a temporary UPN that became permanent), unless
the file itself has another pupil with that UPN, or the records under it have another date of birth or forename (a
twin's number). It is noted as a merge, which the data team can undo. Two children who are both known already are never
joined here, not even if they were separated before: the data team does that, by a merge.

A school's own file is only joined with children the school has a record of, and a row is compared with that record
only. A UPN, former or present, that belongs to somebody elsewhere gets the same answer as one that belongs to nobody,
so that a file of guesses learns nothing (R5). If a school gives such a UPN for its own child, the child's record stays
and takes that UPN. The data team finds the pair among the possible duplicates.

If all records elsewhere under a UPN have another date of birth and another surname, a child who is new at a school
under that UPN is another child, whoever sent the file: two children were given one UPN. Each gets an identity of its
own; otherwise what is opened, closed or answered for one would hold for the other too. The data team finds these among
the possible duplicates as well.

A child who came without a UPN (from Admissions) is matched if they are the only one in the file at that school with
that name and date of birth: the row then brings the UPN. So does a row whose former UPN is the one on the child's
record, where that UPN was another child's.
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
    "check it, and if it is one child, ask the council's data team to join them."
)
BOTH_KNOWN = (
    "UPN and former UPN are both known, as two children. If it is one child, the council's data team can join them."
)

TAKEN_APART = (
    "The council's data team has found UPN and former UPN to be two children. Take the former UPN out, or tell them."
)


def find(log: ProblemLog, *, is_of_a_school: bool) -> None:
    """Make `told_child`: for each UPN in the file at an establishment, whose child it is, whether the UPN is new (then
    perhaps an alias), and whether it is another child's elsewhere (then the child here gets an identity apart).
    """
    make_table("told_former", query=_FORMER_OF_A_SCHOOL if is_of_a_school else _FORMER)
    make_table("told_child", query=_CHILDREN, indexed=["upn_index"])
    run("ANALYZE told_child")
    for row, in_the_file, is_known, is_alike, is_apart in run(_NOT_JOINED):
        if in_the_file or is_known or not is_alike:
            known = TAKEN_APART if is_apart else BOTH_KNOWN
            cure = IN_THE_FILE if in_the_file else known if is_known else ELSEWHERE
            log.add(Problem(row, "FormerUPN", "", cure, fatal=False))


def refuse_twice(log: ProblemLog) -> None:
    """Add a problem for each row with a child whom an earlier row has already."""
    for row, first in run(_TWICE):
        log.add(Problem(row, "UPN", "", TWICE.format(first=first), also=first))


def ask_about_others(log: ProblemLog) -> None:
    """Add a query for each row whose UPN belongs to a record that looks like another child's."""
    for (row,) in run(_OTHERS):
        log.add(Problem(row, "UPN", "", OTHER_CHILD, fatal=False))


# Rows with a former UPN that belongs to a known child.
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
# A record that waits for its UPN, and the only row at that school with the same forename and date of birth. Either the
# record has no UPN (it came from Admissions) and the surname is the same too, or its UPN is another child's and the row
# gives it as the former one.
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
# Those for whom every record elsewhere under their UPN has another surname and another date of birth.
_ANOTHERS = """
    SELECT told.establishment_id, told.upn_index FROM told_pupil AS told JOIN number USING (upn_index)
    JOIN sharing_pupil AS record ON record.child_id = known_id AND record.establishment_id <> told.establishment_id
    WHERE told.is_whole GROUP BY 1, 2
    HAVING bool_and(told.born_on <> record.born_on AND sharing_plain(told.surname) <> sharing_plain(record.surname))
"""
# The child comes from a record at the row's establishment: by its identity (`here`), under this UPN (`own`), or waiting
# for a UPN (`awaited`). Failing that, by the former UPN, and only then the child known elsewhere under the UPN.
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
