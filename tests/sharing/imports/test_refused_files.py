"""A census that is refused is listed with its school, as soon as that is known (R22, R23)."""

import pytest

from sharing import door
from sharing.models import Import
from tests.people import EDUNET, asker, client
from tests.sharing import workforce_returns as workforce
from tests.sharing.census_returns import pupil
from tests.sharing.imports.test_people_behind import brought, returned

pytestmark = pytest.mark.usefixtures("own_database")
OFFICER, BECKSIDE = "officer-data", "Beckside Primary School"
A_PUPIL = pupil(Ethnicity="QQQQ", SENprovision="Z")
A_TEACHER = workforce.member(surname="Testhead", born="")


@pytest.mark.parametrize(
    ("kind", "content", "named"),
    [
        ("census", returned(A_PUPIL), True),
        ("workforce", workforce.document(A_TEACHER).encode(), True),
        ("census", returned(A_PUPIL).replace(b"2901", b"2999"), False),
        ("workforce", workforce.document(A_TEACHER, estab="2999").encode(), False),
    ],
    ids=["pupils", "staff", "pupils of nobody known", "staff of nobody known"],
)
def test_the_data_team_sees_whose_it_is(kind: str, content: bytes, named: bool) -> None:
    """Of an evening of 227 files it saw which were refused, and not of which schools."""
    number = brought(content, kind=kind, by=OFFICER, at="/imports/")
    found = door.show_import(asker(OFFICER, EDUNET), None, number)
    assert (found.line.state, found.changes, bool(found.errors)) == (Import.State.REFUSED, (), True)
    assert (BECKSIDE in found.line.title) == named
    browser = client(OFFICER, EDUNET)
    assert (BECKSIDE in browser.get("/imports/?state=refused").text) == named
    assert (BECKSIDE in browser.get(f"/imports/{number}/").text) == named
