"""The School Workforce Census, brought in (R13, R22, R33; formats page 5). All people here are invented."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.utils import timezone

from access_register import grants
from sharing.crypto import blind_index
from sharing.imports.ending import end_establishment
from sharing.imports.kinds import Outcome
from sharing.imports.problems import ImportRefused
from sharing.imports.succession import carry_over
from sharing.imports.workforce import bring_in
from sharing.ledger import ledger
from sharing.models import Establishment, StaffAbsence, StaffContract, StaffMember
from sharing.models.establishments import CLOSED
from tests import factories
from tests.people import as_batch
from tests.sharing.workforce_returns import TASS, Send, absence, contract, document, member
from tests.threads import PATIENCE, race, until_waiting

BECKSIDE, RAVENSGILL = 999002, 999003
DAY = date(2025, 11, 6)


@pytest.mark.django_db
class TestBringingIn:
    @pytest.fixture
    def bring(self, send: Send) -> Callable[..., Outcome]:
        """Whatever the demonstration has of staff at Beckside is out of the way."""
        place = factories.establishment(BECKSIDE)
        with as_batch():
            for model in (StaffAbsence, StaffContract, StaffMember):
                model.objects.filter(establishment=place).delete()

        def now(*members: str, apply: bool = True, urn: int | None = BECKSIDE, **header: str) -> Outcome:
            header.setdefault("estab", f"{place.establishment_number:04}")
            path = send(document(*members, **header))
            with as_batch():
                return bring_in(path, urn=urn, apply=apply, progress=lambda per_cent: None)

        return now

    @staticmethod
    def here() -> list[StaffMember]:
        with as_batch():
            found = StaffMember.objects.filter(establishment__urn=BECKSIDE).prefetch_related("contracts", "absences")
            return list(found.order_by("surname"))

    def test_people_contracts_and_absences(self, bring: Callable[..., Outcome]) -> None:
        outcome = bring(member(ni="AB123456C", absences=absence()), member("", "AB123456D", "Second"))
        assert outcome.changes == [("People added", 2), ("Contracts added", 2), ("Absences added", 1)]
        second, first = self.here()
        assert (first.teacher_number, first.ni_number) == ("9900001", "AB123456C")
        assert first.person_index == blind_index("9900001")
        assert second.person_index == blind_index("AB123456D")
        assert (first.source, first.as_of) == ("School Workforce Census, 2025", DAY)
        assert first.absences.all()[0].category == "SIC"

    def test_numbers_are_encrypted_at_rest(self, bring: Callable[..., Outcome]) -> None:
        """R13."""
        bring(member(ni="AB123456C"))
        with as_batch(), connection.cursor() as cursor:
            cursor.execute("SELECT * FROM sharing_staffmember WHERE person_index <> ''")
            kept = repr([[bytes(value) if isinstance(value, memoryview) else value for value in row] for row in cursor])
        assert "9900001" not in kept
        assert "AB123456C" not in kept

    def test_a_look_changes_nothing_and_the_same_return_twice_changes_nothing(
        self, bring: Callable[..., Outcome]
    ) -> None:
        """R22."""
        bring(member(absences=absence()), apply=False)
        assert self.here() == []
        bring(member(absences=absence()))
        assert bring(member(absences=absence())).changes_nothing

    def test_absences_of_the_year_are_replaced_and_older_ones_stay(self, bring: Callable[..., Outcome]) -> None:
        bring(member(absences=absence("2023-10-02") + absence()))
        outcome = bring(member(absences=absence("2025-03-03")))
        assert outcome.changes == [("Absences added", 1), ("Absences removed", 1)]
        days = {one.first_day.isoformat() for one in self.here()[0].absences.all()}
        assert days == {"2023-10-02", "2025-03-03"}

    def test_a_return_without_absences_leaves_them(self, bring: Callable[..., Outcome]) -> None:
        bring(member(absences=absence()))
        assert bring(member(), modules="<AbsencesIncluded>false</AbsencesIncluded>").changes_nothing

    def test_a_contract_that_the_return_does_not_tell_ends_where_the_next_begins(
        self, bring: Callable[..., Outcome]
    ) -> None:
        bring(member(contracts=contract(kind="TMP")))
        outcome = bring(member(contracts=contract("<Post>HDT</Post>", starts="2024-09-01")))
        assert ("Contracts ended", 1) in outcome.changes
        ends = {one.post: one.ends_on for one in self.here()[0].contracts.all()}
        assert ends == {"Classroom teacher": date(2024, 8, 31), "Head teacher": None}

    def test_who_is_not_in_the_return_stays_with_a_query(self, bring: Callable[..., Outcome]) -> None:
        bring(member(), member("9900002", surname="Second"))
        outcome = bring(member())
        assert outcome.changes_nothing
        assert [(problem.field, problem.value) for problem in outcome.queries] == [("SchoolWorkforceMembers", "1")]
        assert all(one.ends_on is None for one in self.here())

    def test_who_has_left_has_an_end(self, bring: Callable[..., Outcome]) -> None:
        bring(member())
        outcome = bring(member(contracts=contract(end="2025-08-31")))
        assert ("People who have left", 1) in outcome.changes
        assert self.here()[0].ends_on == date(2025, 8, 31)

    def test_a_person_known_by_name_is_the_same_person_with_a_number(self, bring: Callable[..., Outcome]) -> None:
        factories.staff_member(BECKSIDE, surname="Testhead", forename="Amina", as_of=date(2024, 11, 7))
        bring(member())
        (one,) = self.here()
        assert one.teacher_number == "9900001"
        assert bring(member(trn="", ni="AB123456C")).changes == [("Staff records changed", 1)]
        (one,) = self.here()
        assert (one.teacher_number, one.person_index) == ("9900001", blind_index("9900001"))

    @pytest.mark.parametrize(
        ("known", "told"), [("O’Neill-Şahin", "O'Neill Sahin"), ("DE SOUZA", "de Souza"), ("Łuczak", "Luczak")]
    )
    def test_a_name_written_in_another_way_is_the_same_name(
        self, bring: Callable[..., Outcome], known: str, told: str
    ) -> None:
        """R22: a colleague without a number was recorded twice once an office had typed the other apostrophe."""
        bring(member(trn="", surname=known))
        assert ("Staff records changed", 1) in bring(member(trn="", surname=told)).changes
        assert [one.surname for one in self.here()] == [told]

    def test_a_changed_name_is_the_same_person_by_the_national_insurance_number(
        self, bring: Callable[..., Outcome]
    ) -> None:
        """R22: a return that lost the teacher number finds who married by the other number, and keeps both."""
        bring(member(ni="AB123456C"))
        assert bring(member(trn="", ni="AB123456C", surname="Married")).changes == [("Staff records changed", 1)]
        (one,) = self.here()
        assert (one.surname, one.teacher_number, one.ni_number) == ("Married", "9900001", "AB123456C")

    def test_a_late_return_keeps_nobody_in_post_at_a_school_that_has_closed(
        self, bring: Callable[..., Outcome]
    ) -> None:
        """R44: the return of November, sent after the school has gone on under another URN in December."""
        last_day = date(2025, 11, 30)
        with as_batch():
            Establishment.objects.filter(urn=BECKSIDE).update(status_code=CLOSED, close_date=last_day)
        bring(member(), member("9900002", surname="Second", contracts=contract(end="2025-10-31")))
        second, first = self.here()
        assert (first.ends_on, second.ends_on) == (last_day, date(2025, 10, 31))
        assert [one.ends_on for one in first.contracts.all()] == [last_day]

    def test_two_of_one_name_are_two_people(self, bring: Callable[..., Outcome]) -> None:
        bring(member())
        bring(member(), member("9900002"))
        assert len(self.here()) == 2

    def test_whose_contract_ends_later_has_not_left_yet(self, bring: Callable[..., Outcome]) -> None:
        """R22: what an import says of leavers is of people who have left, not of contracts for a time."""
        bring(member())
        for_a_time = bring(member(contracts=contract(kind="FXT", end="2026-08-31")))
        assert for_a_time.changes == [("Staff records changed", 1), ("Contracts changed", 1)]
        left_early = bring(member(contracts=contract(kind="FXT", end="2025-10-31")))
        assert ("People who have left", 1) in left_early.changes

    def test_a_post_that_follows_another_makes_nobody_new_here(self, bring: Callable[..., Outcome]) -> None:
        """R22: an assistant since 2019 who becomes a teacher is here since 2019, where the return gives no arrival."""
        bring(member(contracts=contract(TASS)))
        bring(member(contracts=contract(starts="2024-09-01")))
        assert self.here()[0].starts_on == date(2019, 9, 1)
        arrived = "<SchoolArrivalDate>2020-01-06</SchoolArrivalDate><Post>TCH</Post>"
        bring(member(contracts=contract(arrived, starts="2024-09-01")))
        assert self.here()[0].starts_on == date(2020, 1, 6)

    def test_who_has_another_contract_has_not_left(self, bring: Callable[..., Outcome]) -> None:
        bring(member(contracts=contract(end="2024-08-31") + contract("<Post>HDT</Post>", starts="2024-09-01")))
        assert self.here()[0].ends_on is None

    @pytest.mark.parametrize(
        ("known", "people"),
        [
            ([{}], 1), ([{}, {}], 3), ([{"born_on": date(1974, 5, 17)}], 1), ([{"born_on": date(1980, 1, 1)}], 2),
            ([{"teacher_number": "9900009"}], 2),
        ],
    )  # fmt: skip
    def test_a_namesake_is_somebody_else(
        self, bring: Callable[..., Outcome], known: list[dict[str, object]], people: int
    ) -> None:
        """R33: unless there is one alone, of whom no number and no date of birth speaks against it."""
        for facts in known:
            factories.staff_member(
                BECKSIDE, surname="Testhead", forename="Amina", as_of=date(2024, 11, 7), **{"born_on": None} | facts
            )
        bring(member())
        assert len(self.here()) == people

    def test_numbers_of_two_people_are_refused(self, bring: Callable[..., Outcome]) -> None:
        bring(member(), member("", "AB123456D", "Second"))
        with pytest.raises(ImportRefused, match="two people"):
            bring(member(ni="AB123456D"))

    @pytest.mark.parametrize(
        ("header", "says"),
        [
            ({"la": "383"}, "another authority"),
            ({"estab": "9876"}, "not exactly one"),
            ({"urn": RAVENSGILL}, "another establishment"),
        ],
    )
    def test_somebody_elses_return_is_refused(
        self, bring: Callable[..., Outcome], header: dict[str, str], says: str
    ) -> None:
        with pytest.raises(ImportRefused, match=says):
            bring(member(), **header)
        assert self.here() == []

    def test_an_older_return_is_refused(self, bring: Callable[..., Outcome]) -> None:
        bring(member())
        with pytest.raises(ImportRefused, match="newer return"):
            bring(member(surname="Older"), day="2025-01-09")
        assert [one.surname for one in self.here()] == ["Testhead"]

    def test_nothing_is_applied_when_one_person_is_wrong(self, bring: Callable[..., Outcome]) -> None:
        with pytest.raises(ImportRefused):
            bring(member(), member("9900002", born="1974-02-31"))
        assert self.here() == []

    def test_the_number_of_statements_does_not_grow_with_the_return(
        self, bring: Callable[..., Outcome], django_assert_max_num_queries: Callable[..., object]
    ) -> None:
        people = [member(str(9_900_000 + number), surname=f"Many{number}") for number in range(120)]
        with django_assert_max_num_queries(30):
            bring(*people)


def test_two_at_once_bring_each_person_in_once(own_database: None, tmp_path: Path) -> None:
    """The same return from two workers: the second finds what the first has written."""
    path = tmp_path / "workforce.xml"
    estab = f"{factories.establishment(BECKSIDE).establishment_number:04}"
    people = [member(str(9_900_000 + number), surname=f"Atonce{number}") for number in range(20)]
    path.write_text(document(*people, estab=estab), encoding="utf-8")
    with as_batch():
        StaffMember.objects.filter(establishment__urn=BECKSIDE).update(as_of=date(2024, 11, 7))
    start = Barrier(2, timeout=PATIENCE)

    def work() -> int:
        try:
            start.wait()
            with as_batch():
                outcome = bring_in(path, urn=BECKSIDE, apply=True, progress=lambda per_cent: None)
            return dict(outcome.changes).get("People added", 0)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as workers:
        added = sorted(done.result() for done in [workers.submit(work), workers.submit(work)])
    assert added == [0, 20]
    with as_batch():
        assert StaffMember.objects.filter(surname__startswith="Atonce").count() == 20


@pytest.mark.parametrize("what", ["ends", "converts"])
def test_a_return_of_a_school_that_ends_or_converts_meanwhile(own_database: None, send: Send, what: str) -> None:
    """R22, R44, A2: who came with the return ends with the others, or goes along."""
    today = timezone.localdate()
    path = send(document(member("9900001"), estab=f"{factories.establishment(BECKSIDE).establishment_number:04}"))
    with as_batch():
        StaffMember.objects.filter(establishment__urn=BECKSIDE).update(as_of=date(2024, 11, 7))
        if what == "ends":
            closed = {"status_code": CLOSED, "close_date": today - timedelta(days=1)}
            Establishment.objects.filter(urn=BECKSIDE).update(**closed)

    def happens() -> None:
        if what == "ends":
            end_establishment(BECKSIDE, by="Test", today=today)
            return
        with as_batch(), ledger.written_last():
            before, after = (Establishment.objects.get(urn=urn) for urn in (BECKSIDE, RAVENSGILL))
            carry_over(before, after, on=today, today=today)
            grants.rebuild(today)

    ended: list[object] = []
    other = Thread(target=lambda: ended.append(race(happens)))
    with as_batch():
        bring_in(path, urn=BECKSIDE, apply=True, progress=lambda per_cent: None)
        other.start()
        until_waiting()
    other.join()
    assert ended == [{"done": 1}]
    with as_batch():
        in_post = StaffMember.objects.filter(person_index=blind_index("9900001"), ends_on=None)
        places = list(in_post.values_list("establishment__urn", flat=True))
        assert places == ([] if what == "ends" else [RAVENSGILL])
