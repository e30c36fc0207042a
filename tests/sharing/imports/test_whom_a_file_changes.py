"""Before a return is applied, whoever brought it sees by name who is added, who leaves and whose identity changes."""

from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from sharing import door
from sharing.authorise import NoSuchRecord
from sharing.crypto import blind_index
from sharing.ctf.writer import School, write_ctf
from sharing.imports import running
from sharing.imports.told import ToldPupil
from sharing.models import Enrolment, ImportPerson, Pupil
from sharing.upn import make_upn
from tests.people import as_batch, asker, client
from tests.sharing import workforce_returns as workforce
from tests.sharing.census_returns import document, leaver, pupil, term_of
from tests.sharing.closings import close
from tests.sharing.imports.sending import now
from tests.sharing.imports.test_people_behind import BECKSIDE, DEPUTY, HEAD, HERE, brought, settle, stored

pytestmark = pytest.mark.usefixtures("own_database")
UPNS = [make_upn(380, 2999, 2023, 900 + serial) for serial in range(5)]
TODAY = timezone.localdate()
STAYS, LEAVES, MARRIES = (
    {"UPN": UPNS[0], "Surname": "Stays", "Forename": "Sam"},
    {"UPN": UPNS[1], "Surname": "Leaves", "Forename": "Lea"},
    {"UPN": UPNS[2], "Surname": "Before", "Forename": "Mary"},
)


def today(*pupils: str) -> bytes:
    """A return of today: no other that is known here is newer."""
    header = {"Term": term_of(TODAY), "Year": f"{TODAY.year}", "ReferenceDate": f"{TODAY}", "Estab": "2901"}
    return document(*pupils, **header).replace("999998", str(BECKSIDE)).encode()


def staff(*members: str) -> bytes:
    return workforce.document(*members, day=f"{TODAY}").replace("<Year>2025", f"<Year>{TODAY.year}").encode()


NEXT = today(
    pupil(**STAYS | {"NCyearActual": "2"}),
    pupil(**MARRIES | {"Surname": "After"}),
    pupil(UPN=UPNS[3], Surname="Comes", Forename="Cai"),
    leaver(**LEAVES, LeavingDate=f"{TODAY - timedelta(days=3)}"),
)


def named(number: int, by: str = HEAD) -> dict[str, list[str]]:
    found = door.list_people_behind(asker(by), BECKSIDE, number)
    return {changed.words: [one.name for one in changed.people] for changed in found.changes}


@pytest.fixture
def known(own_database: None) -> None:
    settle(brought(today(*(pupil(**facts) for facts in (STAYS, LEAVES, MARRIES)))), apply=True)


@pytest.mark.usefixtures("known")
def test_who_is_added_who_leaves_and_whose_name_changes() -> None:
    """R22: and not whose year changes, which is nearly everybody's each September."""
    number = brought(NEXT)
    assert named(number) == {
        "Pupils added": ["Comes, Cai"],
        "Leavers": ["Leaves, Lea"],
        "Surname changed": ["After, Mary"],
    }
    on_record = {
        changed.words: [one.on_record for one in changed.people]
        for changed in door.list_people_behind(asker(HEAD), BECKSIDE, number).changes
    }
    assert on_record == {"Pupils added": [""], "Leavers": [""], "Surname changed": ["Before, Mary"]}
    page = client(HEAD).get(f"{HERE}{number}/").content.decode()
    assert "See the names: Pupils added; Leavers; Surname changed" in page
    assert "Comes" not in page
    by_name = client(HEAD).get(f"{HERE}{number}/people/").content.decode()
    assert "Check that it changes the right people" in by_name
    assert by_name.count("Name on record") == by_name.count("Before, Mary") == 1
    assert "correct what is wrong" not in by_name


@pytest.mark.usefixtures("known")
def test_the_names_are_as_many_as_the_page_counts() -> None:
    """R22: three numbers of the page lead to the names behind them."""
    number = brought(NEXT)
    counted = dict(door.show_import(asker(HEAD), BECKSIDE, number).changes)
    assert {words: len(names) for words, names in named(number).items()} == {
        words: counted[words] for words in ("Pupils added", "Leavers")
    } | {"Surname changed": counted["Pupil records changed"] - 1}


@pytest.mark.usefixtures("known")
def test_they_are_gone_once_it_is_settled() -> None:
    """R13: nothing of them stays, and the page of the applied file sends nobody for them."""
    number = brought(NEXT)
    assert stored() == 3
    settle(number, apply=True)
    assert stored() == 0
    assert "See the names" not in client(HEAD).get(f"{HERE}{number}/").content.decode()
    with pytest.raises(NoSuchRecord):
        named(number)


@pytest.mark.usefixtures("known")
def test_a_colleague_reads_whom_to_ask() -> None:
    """R33: names in a file are for whoever brought it."""
    number = brought(NEXT)
    page = client(DEPUTY).get(f"{HERE}{number}/").content.decode()
    assert "the person who brought the file can see the names of these people" in page
    assert client(DEPUTY).get(f"{HERE}{number}/people/").status_code == 404


@pytest.mark.usefixtures("known")
def test_what_is_known_of_a_closed_child_is_not_told() -> None:
    """R18: that a name differs from the one here, or that a stay ends, would be."""
    with as_batch():
        closed = [Pupil.objects.get(upn_index=blind_index(upn)) for upn in UPNS[1:3]]
    for one in closed:
        close(one)
    assert named(brought(NEXT)) == {"Pupils added": ["Comes, Cai"]}


def test_a_file_that_changes_nobody_names_nobody() -> None:
    """R22: the same file again."""
    settle(brought(NEXT), apply=True)
    number = brought(NEXT)
    assert stored() == 0
    assert "See the names" not in client(HEAD).get(f"{HERE}{number}/").content.decode()


def transfer_file(*children: tuple[str, str, str], days_ago: int = 0) -> bytes:
    """A file for Beckside, of children by UPN, surname and forename."""
    facts = {"born_on": date(2019, 10, 2), "sex": "F"}
    told = [
        ToldPupil(1, upn, record={"surname": surname, "forename": forename} | facts, parts={})
        for upn, surname, forename in children
    ]
    at = datetime.now() - timedelta(days=days_ago)
    return write_ctf(told, source=School("3802999"), destination=School("3802901"), at=at, year=TODAY.year)


@pytest.mark.usefixtures("known")
def test_a_transfer_file_names_its_children() -> None:
    """R7, R22: an office sees whether these are the children it waits for, and whom the file calls otherwise."""
    children = ((UPNS[0], "Stays", "Sam"), (UPNS[2], "After", "Mary"))
    number = brought(transfer_file(*children), kind="ctf")
    found = named(number)
    assert found["Children in the file"] == ["Stays, Sam", "After, Mary"]
    assert found["Surname changed"] == ["After, Mary"]
    settle(number, apply=True)
    assert stored() == 0
    with as_batch():
        assert Pupil.objects.get(upn_index=blind_index(UPNS[2])).surname == "After"
    with pytest.raises(NoSuchRecord):
        named(brought(transfer_file(*children), kind="ctf"))


@pytest.mark.usefixtures("known")
def test_a_name_on_record_that_stays_is_not_called_the_same() -> None:
    """R7, R22: a UPN with somebody else's name is looked at, also where the record is newer and keeps its name."""
    with as_batch():
        Pupil.objects.filter(upn_index=blind_index(UPNS[0])).update(as_of=TODAY - timedelta(days=5))
    number = brought(transfer_file((UPNS[0], "Stays", "Samuel"), (UPNS[2], "After", "Mary"), days_ago=1), kind="ctf")
    everybody, forenames = door.list_people_behind(asker(HEAD), BECKSIDE, number).changes
    assert [one.on_record for one in everybody.people] == ["Stays, Sam", "Before, Mary"]
    assert (forenames.words, [one.on_record for one in forenames.people]) == ("Forename changed", ["Stays, Sam"])


@pytest.mark.usefixtures("known")
def test_a_transfer_file_does_not_tell_what_is_known_of_a_closed_child() -> None:
    """R18: the names of a file are those that its bringer has; that one of them differs here is not."""
    with as_batch():
        mary = Pupil.objects.get(upn_index=blind_index(UPNS[2]))
    close(mary)
    found = named(brought(transfer_file((UPNS[0], "Stays", "Samuel"), (UPNS[2], "After", "Mary")), kind="ctf"))
    assert "Surname changed" not in found
    assert found["Forename changed"] == ["Stays, Samuel"]
    with as_batch():
        kept = {str(one.name): str(one.on_record or "") for one in ImportPerson.objects.all()}
    assert kept == {"Stays, Samuel": "Stays, Sam", "After, Mary": ""}


def test_staff_who_are_added_or_have_left() -> None:
    """R22: those whose contract alone changes are not listed."""
    members = [workforce.member(trn=f"990000{n}", surname=name) for n, name in ((1, "Stays"), (2, "Goes"))]
    settle(brought(staff(*members), kind="workforce"), apply=True)
    gone = workforce.contract(end=f"{TODAY - timedelta(days=3)}")
    later = [
        workforce.member(trn="9900001", surname="Stays", contracts=workforce.contract("<Post>DHT</Post>")),
        workforce.member(trn="9900002", surname="Goes", contracts=gone),
        workforce.member(trn="9900003", surname="Starts"),
    ]
    number = brought(staff(*later), kind="workforce")
    assert named(number) == {"People added": ["Starts, Amina"], "People who have left": ["Goes, Amina"]}


def test_other_staff_with_the_same_totals_are_looked_at_again() -> None:
    """R22: a second return came meanwhile. The first one changes one record as before, but that of somebody else."""

    def of(first: str, second: str) -> bytes:
        return staff(workforce.member(trn="9900001", surname=first), workforce.member(trn="9900002", surname=second))

    settle(brought(of("Old", "Old"), kind="workforce"), apply=True)
    waits = brought(of("New", "Old"), kind="workforce")
    settle(brought(of("New", "New"), kind="workforce"), apply=True)
    settle(waits, apply=True)
    assert now(waits).state == "ready"
    assert running.LOOK_AGAIN in now(waits).report["notes"]


@pytest.mark.usefixtures("known")
def test_another_leaver_than_the_one_that_was_seen_is_looked_at_again() -> None:
    """R8, R22: of two who left on one day, one was known to have. Meanwhile it is known the other way round."""
    left = {"LeavingDate": f"{TODAY - timedelta(days=3)}"}
    ends = {facts["UPN"]: TODAY - timedelta(days=3) for facts in (LEAVES, STAYS)}

    def known_to_have_left(upn: str) -> None:
        with as_batch():
            for one in ends:
                stay = Enrolment.objects.filter(pupil__upn_index=blind_index(one))
                assert stay.update(ends_on=ends[one] if one == upn else None) == 1

    known_to_have_left(LEAVES["UPN"])
    number = brought(today(pupil(**MARRIES), leaver(**LEAVES, **left), leaver(**STAYS, **left)))
    assert named(number) == {"Leavers": ["Stays, Sam"]}
    known_to_have_left(STAYS["UPN"])
    settle(number, apply=True)
    assert running.LOOK_AGAIN in now(number).report["notes"]
    assert named(number) == {"Leavers": ["Leaves, Lea"]}
