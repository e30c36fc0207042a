"""The one way into the store for pupils: which child a file tells of (R5, R8, R13, R22)."""

from datetime import date

import pytest

from sharing import children
from sharing.crypto import blind_index
from sharing.imports.problems import ProblemLog
from sharing.imports.told import ToldPupil
from sharing.models import (
    Child,
    ChildMerge,
    Enrolment,
    LedgerEntry,
)
from sharing.upn import make_upn
from tests.people import as_batch
from tests.sharing.pupil_facts import (
    FACTS,
    HERE,
    ON_ROLL,
    TEMPORARY,
    THERE,
    UPNS,
    bring,
    everything,
    record,
    refused,
    told,
)

pytestmark = pytest.mark.django_db


class TestWhichChild:
    """A child is known by the UPN, or by the one before (formats page 1)."""

    def test_a_temporary_upn_becomes_permanent_and_the_record_keeps_its_id(self) -> None:
        bring(told(upn=TEMPORARY))
        before = record(TEMPORARY)
        changes = bring(told(former=TEMPORARY))
        after = record()
        assert (after.pk, after.child_id, after.upn, after.former_upn) == (
            before.pk,
            before.child_id,
            UPNS[0],
            TEMPORARY,
        )
        assert (changes["joined"], changes["changed"]) == (0, 1)
        with as_batch():
            other = Child.objects.get(upn_index=blind_index(UPNS[0]))
            assert other.same_as_id == before.child_id
        assert bring(told(former=TEMPORARY))["unchanged"] == 1

    def test_the_former_upn_may_be_known_from_another_school(self) -> None:
        bring(told(upn=TEMPORARY, urn=THERE))
        changes = bring(told(former=TEMPORARY))
        assert changes["joined"] == 1
        assert record().child_id == record(TEMPORARY, THERE).child_id

    @pytest.mark.parametrize("born_on", [FACTS["born_on"], date(2015, 1, 1)])
    def test_a_schools_file_learns_nothing_of_a_former_upn_elsewhere(self, born_on: date) -> None:
        """R5: known elsewhere, guessed right or wrong, or known to nobody: the same counts, no word. The
        council finds it among the possible duplicates."""
        bring(told(upn=TEMPORARY, urn=THERE))
        log, of_nobody = ProblemLog(), make_upn(380, 2999, 2022, 77)
        known = bring(told(former=TEMPORARY, born_on=born_on), log=log, is_of_a_school=True)
        unknown = bring(told(1, former=of_nobody, born_on=born_on), log=log, is_of_a_school=True)
        said = [{name: number for name, number in of.numbers.items() if name != "missing"} for of in (known, unknown)]
        assert (said[0], list(log.queries())) == (said[1], [])
        assert record().child_id != record(TEMPORARY, THERE).child_id
        assert any(pair.is_former for pair in children.possible_duplicates())

    def test_a_schools_file_learns_nothing_of_a_present_upn_elsewhere(self) -> None:
        """R5: the UPN of a child elsewhere, told as the new one of a child here, is like a UPN of nobody: the same
        counts, no word, and the same record after the next file. The council finds the two as possible duplicates."""
        log, second = ProblemLog(), make_upn(380, 2999, 2022, 6, temporary="B")
        bring(told(upn=TEMPORARY), told(upn=second, row=2, forename="Sandy"))
        bring(told(0, urn=THERE, forename="Alex", born_on=date(2015, 1, 1)))
        files = told(0, former=TEMPORARY), told(1, former=second, forename="Sandy")
        said = [bring(file, log=log, is_of_a_school=True).numbers for file in files]
        assert (said[0], list(log.queries())) == (said[1], [])
        assert record().child_id != record(urn=THERE).child_id
        assert bring(told(0), told(1, row=2, forename="Sandy"), is_of_a_school=True)["unchanged"] == 2
        assert any(record(urn=THERE).child_id in (pair.child, pair.other) for pair in children.possible_duplicates())

    def test_a_schools_file_learns_no_name_from_another_schools_record(self) -> None:
        """R5: a child with another forename elsewhere: what a former UPN joins follows from the record here alone."""
        bring(told(upn=TEMPORARY), told(upn=TEMPORARY, urn=THERE, forename="Sandy"))
        log = ProblemLog()
        bring(told(0, former=TEMPORARY, forename="Sandy"), log=log, is_of_a_school=True)
        bring(told(1, former=TEMPORARY, forename="Alex"), log=log, is_of_a_school=True)
        assert len({query.cure for query in log.queries()}) == 1
        assert len(log.queries()) == 2

    def test_a_schools_file_joins_with_its_own_record(self) -> None:
        bring(told(upn=TEMPORARY))
        assert bring(told(former=TEMPORARY), is_of_a_school=True)["joined"] == 0

    @pytest.mark.parametrize("known_at", [HERE, THERE])
    def test_joined_by_a_former_upn_and_taken_apart(self, known_at: int) -> None:
        """R22, R43: noted as a merge and undone as one; the same file again asks, and neither joins nor changes."""
        bring(told(upn=TEMPORARY, urn=known_at))
        known = record(TEMPORARY, known_at).child_id
        bring(told(former=TEMPORARY))
        with as_batch():
            merge = ChildMerge.objects.get()
            assert (merge.into_id, merge.because) == (
                known,
                "Test file, 15/01/2026: the file tells the former UPN, or the first.",
            )
            assert LedgerEntry.objects.filter(action="merge_children").latest("pk").about["merge"] == merge.pk
        assert record().child_id == known
        children.undo(merge.pk, by_name="Dana Data")
        assert record().child_id == merge.child_id
        if known_at == THERE:
            assert record(TEMPORARY, THERE).child_id == known
        before, log = everything(), ProblemLog()
        changes = bring(told(former=TEMPORARY), log=log)
        assert (everything(), changes["unchanged"]) == (before, 1)
        assert [(query.row, "two children" in query.cure) for query in log.queries()] == [(1, True)]
        remerge = children.merge(merge.child_id, known, because="They are one", by_name="Dana Data")
        assert record().child_id == remerge.into_id == known

    def test_a_former_upn_told_again_joins_once(self) -> None:
        bring(told(upn=TEMPORARY, urn=THERE))
        bring(told(former=TEMPORARY))
        bring(told(former=TEMPORARY))
        with as_batch():
            assert ChildMerge.objects.count() == 1

    def test_a_former_upn_that_is_another_pupils_in_the_file_is_asked_about(self) -> None:
        bring(told(1))
        log = ProblemLog()
        changes = bring(told(1), told(0, row=2, former=UPNS[1]), log=log)
        assert [(query.row, query.field) for query in log.queries()] == [(2, "FormerUPN")]
        assert "present UPN" in log.queries()[0].cure
        assert changes["joined"] == 1
        assert record().child_id != record(UPNS[1]).child_id

    def test_a_former_upn_of_somebody_born_on_another_day_is_asked_about(self) -> None:
        """A sibling's UPN typed as the former one does not make two children one."""
        bring(told(1, born_on=date(2015, 1, 1)))
        log = ProblemLog()
        bring(told(0, former=UPNS[1]), log=log)
        assert "another date of birth" in log.queries()[0].cure
        assert record().child_id != record(UPNS[1]).child_id

    def test_a_twins_former_upn_is_asked_about(self) -> None:
        """A twin at another school, born on the same day: a number typed for the other does not make them one child."""
        bring(told(1, urn=THERE, forename="Alex"))
        log = ProblemLog()
        bring(told(0, former=UPNS[1]), log=log)
        assert "forename" in log.queries()[0].cure
        assert record().child_id != record(UPNS[1], THERE).child_id

    def test_two_children_who_are_known_are_not_joined(self) -> None:
        bring(told(0), told(1, row=2))
        log = ProblemLog()
        bring(told(0, former=UPNS[1], parts={}), log=log)
        assert "data team can join them" in log.queries()[0].cure
        assert record().child_id != record(UPNS[1]).child_id

    @pytest.mark.parametrize("former", ["", TEMPORARY])
    def test_the_same_child_twice_is_refused(self, former: str) -> None:
        """By the same UPN, or by the same former one."""
        bring(told(upn=TEMPORARY))
        second = told(3 if former else 0, row=7, former=former)
        (problem,) = refused(told(former=former), second, told(4, row=8))
        assert (problem.row, problem.fatal, "row 1" in problem.cure) == (7, True, True)

    def test_another_childs_upn_is_asked_about(self) -> None:
        bring(told())
        log = ProblemLog()
        bring(told(surname="Other", born_on=date(2010, 1, 1)), log=log)
        assert [query.row for query in log.queries()] == [1]
        assert "Staged" not in str(log.queries())

    def test_a_child_at_two_schools_of_one_file_is_one_child(self) -> None:
        bring(told(), told(row=2, urn=THERE, parts={Enrolment: [ON_ROLL | {"kind": "S"}]}))
        assert record().child_id == record(urn=THERE).child_id

    def test_who_is_unknown_is_left_out_where_the_file_adds_nobody(self) -> None:
        log = ProblemLog()
        changes = bring(told(), log=log, adds_pupils=False)
        assert (changes.in_words(), [query.row for query in log.queries()]) == ([], [1])

    def test_a_new_pupil_without_a_name_is_refused(self) -> None:
        (problem,) = refused(ToldPupil(9, UPNS[0], urn=HERE, record={"class_name": "4B"}))
        assert (problem.row, problem.fatal) == (9, True)

    def test_somebody_elses_establishment_is_refused(self) -> None:
        (problem,) = refused(told(urn=999999))
        assert problem.field == "Establishment"

    def test_a_row_without_a_upn_is_refused(self) -> None:
        (problem,) = refused(ToldPupil(4, "", urn=HERE, record=FACTS))
        assert (problem.row, problem.field) == (4, "UPN")
