"""Children of whom the UPN alone does not say who they are: two have one, or one has none yet (R5, R9, R22)."""

from datetime import date
from typing import Any

import pytest

from sharing import children, door
from sharing.crypto import blind_index
from sharing.imports.problems import ProblemLog
from sharing.models import Child, Enrolment, Pupil, PupilChange
from tests import factories
from tests.people import as_batch, asker
from tests.sharing.moves import RAVENSGILL, RECEIVER, again, agreed, day, from_outside, on_roll, refusal, sees
from tests.sharing.pupil_facts import FACTS, HERE, TEMPORARY, THERE, UPNS, bring, record, told

pytestmark = pytest.mark.django_db

ANOTHER = {"surname": "Given", "forename": "Wrongly", "born_on": date(2015, 1, 1)}
NEWLY = {"forename": "Newly", "surname": "Come", "born_on": date(2017, 3, 2), "sex": "M"}  # from_outside
SINCE_TODAY = {Enrolment: [{"kind": "C", "starts_on": day(0), "ends_on": None}]}


def come() -> list[Pupil]:
    """The records of the child told from outside, at the school that accepted them."""
    with as_batch():
        return list(Pupil.objects.filter(surname__iexact="come", establishment__urn=RAVENSGILL))


class TestOneUpnForTwo:
    @pytest.mark.parametrize("is_of_a_school", [True, False])
    def test_two_schools_claim_it(self, is_of_a_school: bool) -> None:
        """R9, R18: whoever opens, closes or answers for the one child does not reach the other. The school is told
        nothing (R5); the data team finds the two."""
        bring(told())
        log = ProblemLog()
        assert bring(told(urn=THERE, **ANOTHER), log=log, is_of_a_school=is_of_a_school)["joined"] == 1
        one, other = record(), record(urn=THERE)
        assert (one.child_id != other.child_id, one.upn, list(log.queries())) == (True, other.upn, [])
        (pair,) = [pair for pair in children.possible_duplicates() if pair.is_one_upn]
        assert {pair.child, pair.other} == {one.child_id, other.child_id}
        assert (pair.looks_like_two, pair.can_be_joined) == (True, False)

    @pytest.mark.parametrize("is_of_a_school", [True, False])
    def test_each_keeps_the_record_by_every_file(self, is_of_a_school: bool) -> None:
        bring(told())
        bring(told(urn=THERE, **ANOTHER), is_of_a_school=True)
        files = [[told()], [told(urn=THERE, **ANOTHER)]] if is_of_a_school else [[told(), told(urn=THERE, **ANOTHER)]]
        for file in files:
            changes = bring(*file, is_of_a_school=is_of_a_school)
            assert (changes["joined"], changes["unchanged"]) == (0, len(file))

    @pytest.mark.parametrize("is_of_a_school", [True, False])
    def test_the_wrong_one_is_put_right(self, is_of_a_school: bool) -> None:
        """R22: told as the former UPN it finds the record there, and leads to no other child."""
        bring(told())
        bring(told(urn=THERE, **ANOTHER), is_of_a_school=True)
        before = record(urn=THERE)
        right = told(1, former=UPNS[0], urn=THERE, **ANOTHER)
        changes = bring(right, is_of_a_school=is_of_a_school)
        assert (changes["joined"], changes["changed"]) == (0, 1)
        assert (record(UPNS[1], THERE).pk, record(UPNS[1], THERE).child_id) == (before.pk, before.child_id)
        assert bring(told(), right)["unchanged"] == 2

    @pytest.mark.parametrize("changed", [{"surname": "Adopted"}, {"born_on": date(2017, 4, 3)}])
    def test_a_new_name_or_a_corrected_birthday_is_no_other_child(self, changed: dict[str, Any]) -> None:
        bring(told())
        bring(told(urn=THERE, **changed), is_of_a_school=True)
        assert record().child_id == record(urn=THERE).child_id

    def test_the_councils_file_finds_the_record_that_a_school_keeps_under_it(self) -> None:
        """A UPN told of a child here that is somebody's elsewhere: the council's file made a second record here."""
        bring(told(upn=TEMPORARY), told(urn=THERE, row=2, forename="Alex", born_on=date(2015, 1, 1)))
        bring(told(former=TEMPORARY), is_of_a_school=True)
        changes = bring(told(), told(urn=THERE, row=2, forename="Alex", born_on=date(2015, 1, 1)))
        assert (changes["joined"], changes["unchanged"]) == (0, 2)


class TestNoUpnYet:
    @pytest.mark.parametrize("has_arrived", [True, False])
    @pytest.mark.parametrize("is_of_a_school", [True, False])
    def test_the_return_brings_the_number(self, is_of_a_school: bool, has_arrived: bool) -> None:
        """R5: a child from outside the country is one child, on roll once, and has arrived."""
        transfer = from_outside()
        accepted = door.accept_transfer(asker(RECEIVER), RAVENSGILL, transfer.pk)
        if has_arrived:
            door.say_arrived(asker(RECEIVER), RAVENSGILL, transfer.pk, on=day(0), kind="C")
        row = told(urn=RAVENSGILL, parts=SINCE_TODAY, **NEWLY | {"surname": "COME"})
        changes = bring(row, is_of_a_school=is_of_a_school, as_of=day(0))
        assert (changes["joined"], changes["changed"]) == (0, 1)
        (mine,) = come()
        assert (mine.pk, mine.upn, again(transfer).arrived_on) == (accepted, UPNS[0], day(0))
        assert bring(row, is_of_a_school=is_of_a_school, as_of=day(0))["unchanged"] == 1

    def test_the_number_is_known_afterwards(self) -> None:
        """By it another school's record is of the same child; and it is noted as a merge, so it can be undone."""
        accepted = door.accept_transfer(asker(RECEIVER), RAVENSGILL, from_outside().pk)
        bring(told(urn=RAVENSGILL, **NEWLY), is_of_a_school=True, as_of=day(0))
        bring(told(urn=HERE, **NEWLY), is_of_a_school=True)
        (mine,) = come()
        assert (mine.pk, mine.child_id) == (accepted, record(urn=HERE).child_id)
        with as_batch():
            number = Child.objects.get(upn_index=blind_index(UPNS[0]))
        assert number.same_as_id == mine.child_id

    def test_two_of_one_name_and_birthday_are_not_guessed_at(self) -> None:
        """Which of the two it is nobody knows: both are new, and the record without a number stays as it is."""
        accepted = door.accept_transfer(asker(RECEIVER), RAVENSGILL, from_outside().pk)
        rows = [told(number, row=number + 1, urn=RAVENSGILL, **NEWLY) for number in (0, 1)]
        assert bring(*rows, is_of_a_school=True)["joined"] == 2
        assert {str(mine.upn) for mine in come()} == {*UPNS[:2], ""}
        assert accepted in {mine.pk for mine in come()}

    @pytest.mark.parametrize("changed", [{"forename": "Sandy"}, {"born_on": FACTS["born_on"]}])
    def test_a_twin_or_a_namesake_is_another(self, changed: dict[str, Any]) -> None:
        door.accept_transfer(asker(RECEIVER), RAVENSGILL, from_outside().pk)
        assert bring(told(urn=RAVENSGILL, **NEWLY | changed), is_of_a_school=True)["joined"] == 1
        assert len(come()) == 2


class TestComesFromOutsideAgain:
    """R5, R35: told by Admissions with a UPN that the school, or another, knows from before."""

    def before(self, urn: int = RAVENSGILL, **facts: Any) -> Pupil:
        pupil = factories.pupil(
            urn,
            **{"upn": UPNS[9], "surname": "Before", "year_group": "2", "class_name": "2B", "born_on": NEWLY["born_on"]}
            | facts,
        )
        with as_batch():
            Child.objects.filter(pk=pupil.child_id).update(upn_index=blind_index(UPNS[9]))
            Pupil.objects.filter(pk=pupil.pk).update(upn_index=blind_index(UPNS[9]))
        factories.enrolment(pupil, day(-900), day(-400))
        return pupil

    def accepted(self) -> Pupil:
        record_id = door.accept_transfer(asker(RECEIVER), RAVENSGILL, from_outside(upn=UPNS[9]).pk)
        with as_batch():
            return Pupil.objects.get(pk=record_id)

    def test_the_old_record_says_what_is_told_now(self) -> None:
        """It said the name, year group and class of two years ago: whom a head narrows to that year saw the child."""
        old = self.before()
        mine = self.accepted()
        assert (mine.pk, mine.surname, mine.year_group, mine.class_name) == (old.pk, "Come", "4", "")
        with as_batch():
            change = PupilChange.objects.get(pupil=old)
        assert (change.source, sorted(change.facts)) == ("Admissions", ["forename", "sex", "surname", "year_group"])

    def test_who_comes_back_within_the_year_keeps_the_class(self) -> None:
        self.before(**NEWLY, year_group="4", class_name="4C")
        assert self.accepted().class_name == "4C"
        with as_batch():
            assert not PupilChange.objects.filter(source="Admissions").exists()

    def test_told_without_a_upn_the_child_has_the_old_record_too(self) -> None:
        """As from the list of the missing: it was a second record at one school, on roll twice by the next return."""
        old = self.before(**NEWLY)
        transfer = from_outside()
        assert door.accept_transfer(asker(RECEIVER), RAVENSGILL, transfer.pk) == old.pk
        changes = bring(told(9, urn=RAVENSGILL, parts=SINCE_TODAY, **NEWLY), is_of_a_school=True, as_of=day(0))
        assert (changes["joined"], [mine.upn for mine in come()]) == (0, [UPNS[9]])
        again_told = from_outside(surname="COME")
        assert refusal(lambda: door.accept_transfer(asker(RECEIVER), RAVENSGILL, again_told.pk)) == "on_roll"

    def test_of_two_alike_it_is_neither(self) -> None:
        self.before(**NEWLY)
        factories.pupil(RAVENSGILL, **NEWLY)
        door.accept_transfer(asker(RECEIVER), RAVENSGILL, from_outside().pk)
        assert len(come()) == 3

    def test_the_record_of_another_child_is_not_opened(self) -> None:
        """The UPN that Admissions typed is another's, who was here once."""
        old = self.before(born_on=date(2012, 12, 12))
        transfer = from_outside(upn=UPNS[9])
        said = refusal(lambda: door.accept_transfer(asker(RECEIVER), RAVENSGILL, transfer.pk))
        assert (said, sees(RECEIVER, RAVENSGILL, old.pk)) == ("another", False)

    def test_another_childs_upn_elsewhere_makes_no_one_child_of_two(self) -> None:
        """R9, R18; and a return of the school finds its record by the number all the same."""
        elsewhere = self.before(HERE, born_on=date(2012, 12, 12))
        mine = self.accepted()
        assert (mine.upn, mine.child_id != elsewhere.child_id) == (UPNS[9], True)
        row = told(9, urn=RAVENSGILL, parts=SINCE_TODAY, **NEWLY)
        assert bring(row, is_of_a_school=True, as_of=day(0))["joined"] == 0
        again_told = from_outside(upn=UPNS[9], forename="Another")
        assert refusal(lambda: door.accept_transfer(asker(RECEIVER), RAVENSGILL, again_told.pk)) == "on_roll"

    @pytest.mark.parametrize(("year", "class_name"), [("6", ""), ("2", "2B")])
    def test_by_a_transfer_too_nobody_is_in_a_class_of_an_earlier_year(self, year: str, class_name: str) -> None:
        leaving = on_roll(year_group=year)
        old = self.before()
        with as_batch():
            Pupil.objects.filter(pk=old.pk).update(child=leaving.child_id, upn_index=leaving.upn_index)
        assert agreed(leaving).pupil_id == old.pk
        with as_batch():
            mine = Pupil.objects.get(pk=old.pk)
        assert (mine.year_group, mine.class_name) == (year, class_name)
