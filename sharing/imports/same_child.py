"""Which child a row of a file is: by UPN, or by the UPN the child had before (formats page 1).

A UPN that is new here, whose former UPN is known, is the same child (a temporary UPN that became permanent), unless
the file itself has another pupil with that UPN, or the records with it have another date of birth or forename (a twin's
number). It is noted as a merge, which the data team can undo. Two children who are known already are never joined here,
be it that they were taken apart: the data team does that, by a merge.

A school's own file joins only with children of whom the school has a record, and holds the row against that record
alone. What it says of a UPN, former or present, that is somebody's elsewhere is what it says of one that is nobody's,
so that a file of guesses learns nothing (R5): a child of the school's who is told with such a UPN keeps their record,
under it. The data team finds the pair among the possible duplicates.
"""

from sharing.imports.problems import Problem, ProblemLog
from sharing.imports.staging import make_table, run

TWICE = "The child of row {first} of this file is here again, under the same or a former UPN. Find out whose it is."
OTHER_CHILD = (
    "The record here with this UPN has another surname and date of birth. Check that the UPN is this child's own."
)
IN_THE_FILE = "This former UPN is the present UPN of another pupil of the file. The two were not joined: check it."
ELSEWHERE = (
    "This former UPN is known of somebody with another date of birth or forename. The two were not joined: check it, "
    "and if it is one child, ask the council's data team to join them."
)
BOTH_KNOWN = (
    "UPN and former UPN are both known, as two children. If it is one child, the council's data team can join them."
)

TAKEN_APART = (
    "The council's data team has found UPN and former UPN to be two children. Take the former UPN out, or tell them."
)


def find(log: ProblemLog, *, is_of_a_school: bool) -> None:
    """Make `told_child`: each UPN of the file, whose child it is, whether the UPN is new (then perhaps an alias)."""
    make_table("told_former", query=_FORMER_OF_A_SCHOOL if is_of_a_school else _FORMER)
    make_table("told_child", query=_CHILDREN_OF_A_SCHOOL if is_of_a_school else _CHILDREN, indexed=["upn_index"])
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
    LEFT JOIN (SELECT upn_index, min(former_id::text)::uuid AS id FROM told_former
               WHERE present_id IS NULL AND NOT in_the_file AND is_alike GROUP BY upn_index) AS joined
      ON joined.upn_index = told.upn_index
"""
_CHILDREN = f"""
    SELECT told.upn_index, known.id IS NULL AS is_new, known.id IS NULL AND joined.id IS NOT NULL AS is_alias,
           coalesce(known.same_as_id, known.id, joined.id, gen_random_uuid()) AS child_id
    FROM (SELECT DISTINCT upn_index FROM told_pupil) AS told
    LEFT JOIN sharing_child AS known ON known.upn_index = told.upn_index
    {_JOINED}
"""  # noqa: S608
# Of a school's file: the child of whom there is a record here, by its identity (`here`) or under this UPN (`own`), then
# the one whom the former UPN tells, and only then the one who is known elsewhere.
_CHILDREN_OF_A_SCHOOL = f"""
    WITH theirs AS (SELECT child_id, upn_index FROM sharing_pupil
                    WHERE establishment_id IN (SELECT establishment_id FROM told_pupil))
    SELECT told.upn_index, known.id IS NULL AS is_new,
           known.id IS NULL AND coalesce(own.id, joined.id) IS NOT NULL AS is_alias,
           coalesce(here.id, own.id, joined.id, known.same_as_id, known.id, gen_random_uuid()) AS child_id
    FROM (SELECT DISTINCT upn_index FROM told_pupil) AS told
    LEFT JOIN sharing_child AS known ON known.upn_index = told.upn_index
    LEFT JOIN (SELECT DISTINCT child_id AS id FROM theirs) AS here ON here.id = coalesce(known.same_as_id, known.id)
    LEFT JOIN (SELECT upn_index, min(child_id::text)::uuid AS id FROM theirs GROUP BY upn_index) AS own
      ON own.upn_index = told.upn_index
    {_JOINED}
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
