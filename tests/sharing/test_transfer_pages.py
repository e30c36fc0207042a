"""The pages of a transfer: who opens which, what a form says to what was typed, and that a second click is harmless."""

import re
from datetime import date

import pytest

from sharing import door
from sharing.models import Transfer
from sharing.upn import make_upn
from tests.locks.switches import rls_off
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, asker, client, person
from tests.sharing.moves import BECKSIDE, OXENBY, RAVENSGILL, again, agreed, asserted, day, from_outside, on_roll, shift

pytestmark = pytest.mark.django_db
PAGES = ("answer", "cancel", "arrived")
# Of a transfer from Beckside to Ravensgill, waiting and agreed alike.
TABLE = [
    ("head-beckside", SCHOOLS_ONLINE, BECKSIDE, 200),
    ("head-beckside", SCHOOLS_ONLINE, RAVENSGILL, 404),
    ("teacher-beckside", SCHOOLS_ONLINE, BECKSIDE, 403),
    ("governor-beckside", SCHOOLS_ONLINE, BECKSIDE, 403),
    ("assistant-beckside", SCHOOLS_ONLINE, BECKSIDE, 403),
    ("head-ravensgill", SCHOOLS_ONLINE, RAVENSGILL, 200),
    ("head-ravensgill", SCHOOLS_ONLINE, BECKSIDE, 404),
    ("teacher-ravensgill", SCHOOLS_ONLINE, RAVENSGILL, 403),
    ("head-oxenby", SCHOOLS_ONLINE, OXENBY, 404),
    ("officer-admissions", EDUNET, BECKSIDE, 200),
    ("officer-admissions", EDUNET, RAVENSGILL, 200),
    ("officer-admissions", EDUNET, OXENBY, 404),
    ("officer-school-improvement", EDUNET, BECKSIDE, 403),
    ("officer-no-duty", EDUNET, BECKSIDE, 403),
]


@pytest.mark.parametrize("make", [asserted, agreed])
@pytest.mark.parametrize(("slug", "through", "urn", "status"), TABLE, ids=[f"{s} {t} {u}" for s, t, u, _ in TABLE])
def test_who_opens_the_pages_of_a_transfer(make, slug: str, through, urn: int, status: int) -> None:
    """R6, R7: both ends and the officers on a duty; 404 for everybody else."""
    transfer = make()
    for page in PAGES:
        address = f"/establishments/{urn}/transfers/{transfer.pk}/{page}/"
        assert client(slug, through).get(address).status_code == status, page


def test_without_a_second_factor_nothing_is_arranged() -> None:
    """R13."""
    transfer = asserted()
    browser = client("head-ravensgill", second_factor=False)
    response = browser.post(f"/establishments/{RAVENSGILL}/transfers/{transfer.pk}/answer/", {"answer": "yes"})
    assert response.status_code == 302
    assert "second-factor" in response["location"] or "account" in response["location"]
    assert again(transfer).agreed_on is None


class TestTyped:
    def test_beginning(self) -> None:
        pupil = on_roll()
        address = f"/establishments/{BECKSIDE}/pupils/{pupil.pk}/transfer/"
        head = client("head-beckside")
        elsewhere = f'href="/establishments/{BECKSIDE}/pupils/{pupil.pk}/left/">say that the child is leaving'
        assert elsewhere in head.get(address).content.decode()
        for typed, said in (
            ({"to": "", "expected_on": "1/9/2020"}, "Choose the establishment."),
            ({"to": str(RAVENSGILL), "expected_on": "31-02"}, "Enter it as day, month and year"),
            ({"to": str(RAVENSGILL), "expected_on": "1/9/2020"}, "Choose an expected day from today to a year ahead."),
            ({"to": str(BECKSIDE), "expected_on": f"{day(7):%d/%m/%Y}"}, "Choose one from the list."),
        ):
            response = head.post(address, typed)
            assert (response.status_code, said in response.content.decode()) == (422, True), said
        good = {"to": str(RAVENSGILL), "expected_on": f"{day(7):%d/%m/%Y}"}
        assert head.post(address, good).status_code == 302
        again_ = head.post(address, good)
        assert again_.status_code == 422
        assert "already under way" in again_.content.decode()
        with as_batch():
            assert Transfer.objects.filter(leaving=pupil).count() == 1

    def test_answering_no_needs_its_reason(self) -> None:
        transfer = asserted()
        address = f"/establishments/{RAVENSGILL}/transfers/{transfer.pk}/answer/"
        head = client("head-ravensgill")
        assert "Say why you decline." in head.post(address, {"answer": "no", "because": " "}).content.decode()
        assert "Say whether you accept the child" in head.post(address, {"because": ""}).content.decode()
        assert head.post(address, {"answer": "no", "because": "No place in Year 4"}).status_code == 302
        inbox = client("head-beckside").get(f"/establishments/{BECKSIDE}/transfers/").content.decode()
        assert "No place in Year 4" in inbox

    def test_cancelling_is_a_click_on_a_page_of_its_own(self) -> None:
        transfer = asserted()
        address = f"/establishments/{BECKSIDE}/transfers/{transfer.pk}/cancel/"
        head = client("head-beckside")
        head.get(address)
        assert again(transfer).cancelled_at is None
        assert head.post(address).status_code == 302
        assert again(transfer).cancelled_at is not None
        assert head.post(address).status_code == 302  # the second click of the same person
        assert client("deputy-beckside").post(address).status_code == 422

    def test_an_officer_is_told_whom_the_page_speaks_to(self) -> None:
        for page in ("transfers", "joiners-and-leavers"):
            address, words = f"/establishments/{RAVENSGILL}/{page}/", "“You” on this page is the establishment."
            assert words in client("officer-admissions", EDUNET).get(address).content.decode()
            assert words not in client("head-ravensgill").get(address).content.decode()

    def test_from_outside(self) -> None:
        officer = client("officer-admissions", EDUNET)
        facts = {
            "to": str(RAVENSGILL), "forename": "Zo\u200bë", "surname": "Outside", "born_on": "2/3/2017", "sex": "F",
            "year_group": "4", "upn": "A1", "from_name": "", "expected_on": f"{day(3):%d/%m/%Y}",
        }  # fmt: skip
        response = officer.post("/transfers/from-outside/", facts)
        assert (response.status_code, "13 characters" in response.content.decode()) == (422, True)
        unborn = officer.post("/transfers/from-outside/", facts | {"upn": "", "born_on": f"{day(1):%d/%m/%Y}"})
        assert (unborn.status_code, "This day is in the future" in unborn.content.decode()) == (422, True)
        told = officer.post("/transfers/from-outside/", facts | {"upn": ""}, follow=True).text
        assert "We have asked Ravensgill Primary School whether it accepts Zoë Outside." in told
        with as_batch():
            assert Transfer.objects.get(surname="Outside").forename == "Zoë"
        assert "Zoë Outside" in officer.get("/transfers/?only=waiting").content.decode()
        assert "Zoë Outside" not in officer.get("/transfers/?only=overdue").content.decode()

    def test_a_child_who_was_declined_stays_in_sight(self) -> None:
        """R7, R9: of an officer, at the ends that the duty covers, until the day when it would have lapsed."""
        outside, between = from_outside(surname="Outsider"), asserted(on_roll(surname="Goer"))
        for transfer in (outside, between):
            door.decline_transfer(asker("head-ravensgill"), RAVENSGILL, transfer.pk, because="Year 4 is full.")
        admissions, of_beckside = client("officer-admissions", EDUNET), client("officer-school-improvement", EDUNET)
        for browser, outsider in ((admissions, True), (of_beckside, False)):
            page = browser.get("/transfers/?only=declined").text
            assert ("Outsider" in page, "Goer" in page, "lapses after" in page) == (outsider, True, False)
            assert "Goer" not in browser.get("/transfers/").text
        for transfer in (outside, between):
            shift(transfer, 90)
        page = admissions.get("/transfers/?only=declined").text
        assert ("Outsider" in page, "Goer" in page) == (False, False)

    def test_another_school_is_told_of_a_child_who_was_declined(self) -> None:
        """R7: without typing it all again; only by who may announce a child, and only one from outside."""
        outside, between = from_outside(surname="Outsider"), asserted(on_roll(surname="Goer"))
        for transfer in (outside, between):
            door.decline_transfer(asker("head-ravensgill"), RAVENSGILL, transfer.pk, because="Year 4 is full.")
        officer, button = client("officer-admissions", EDUNET), "Tell another school about this child"
        for address in ("/transfers/?only=declined", f"/establishments/{RAVENSGILL}/transfers/"):
            page = officer.get(address).text
            assert page.count(button) == 1, address
            form = page[: page.index(button)].rsplit("<form", 1)[1]
            known = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
            opened = officer.post("/transfers/from-outside/", known).text
            for said in ('value="Newly"', 'value="Outsider"', 'value="2/3/2017"', 'value="Elsewhere Primary School"'):
                assert said in opened
            assert "There is a problem" not in opened
        assert button not in officer.get(f"/establishments/{BECKSIDE}/transfers/").text
        assert button not in client("head-ravensgill").get(f"/establishments/{RAVENSGILL}/transfers/").text

    def test_the_upn_comes_along_for_whoever_has_typed_it(self) -> None:
        """R6, R7: with it, later returns find the record. Another officer reads no number that they were not given."""
        upn, lists = make_upn(380, 2902, 2018, 78), "/transfers/?only=declined"
        outside = from_outside(surname="Outsider", upn=upn)
        door.decline_transfer(asker("head-ravensgill"), RAVENSGILL, outside.pk, because="Year 4 is full.")
        officer = client("officer-admissions", EDUNET)
        assert f'name="upn" value="{upn}"' in officer.get(lists).text
        known = {"of": "child", "forename": "Newly", "surname": "Outsider", "upn": upn}
        assert f'value="{upn}"' in officer.post("/transfers/from-outside/", known).text
        with as_batch():
            Transfer.objects.filter(pk=outside.pk).update(asserted_by=person("officer-data").pk)
        rls_off()
        for browser in (officer, client("head-ravensgill")):
            assert upn not in browser.get(lists).text + browser.get(f"/establishments/{RAVENSGILL}/transfers/").text

    @pytest.mark.parametrize("typed", ["Outsider", "OUT'SIDER", "Óutsider"])
    def test_once_another_school_is_told_it_is_not_offered_again(self, typed: str) -> None:
        """R7: unless that is called off. However the name was typed, as where a school is not told twice."""
        outside = from_outside(surname="Outsider")
        door.decline_transfer(asker("head-ravensgill"), RAVENSGILL, outside.pk, because="Year 4 is full.")
        officer, button = client("officer-admissions", EDUNET), "Tell another school about this child"
        pages = ("/transfers/?only=declined", f"/establishments/{RAVENSGILL}/transfers/")
        told = {"forename": "Newly", "surname": typed, "born_on": date(2017, 3, 2), "sex": "M", "year_group": "4"}
        admissions = asker("officer-admissions", EDUNET)
        door.tell_from_outside(admissions, to=BECKSIDE, expected_on=day(7), from_name="", **told)
        for page in pages:
            assert "Outsider" in (said := officer.get(page).text)
            assert button not in said, page
        with as_batch():
            again = Transfer.objects.get(establishment__urn=BECKSIDE, surname=typed).pk
        door.cancel_transfer(admissions, BECKSIDE, again)
        assert [officer.get(page).text.count(button) for page in pages] == [1, 1]

    def test_joiners_since_nonsense(self) -> None:
        head = client("head-beckside")
        for since in ("", "x", "31/02/2026", "1/1/9999", "1/1/0001"):
            page = head.get(f"/establishments/{BECKSIDE}/joiners-and-leavers/?since={since}")
            assert page.status_code == 200, since
            assert ("is not a date" in page.content.decode()) == bool(since), since

    def test_the_words_of_a_day_that_does_not_fit_are_those_of_the_step(self) -> None:
        """R7, R8: who records a last day reads nothing of arrivals."""
        pupil, head = on_roll(), client("head-beckside")
        leaving = f"/establishments/{BECKSIDE}/pupils/{pupil.pk}/left/"
        said = head.post(leaving, {"last_day": "1/9/2001", "reason": "EL"}).content.decode()
        assert "Choose a last day from the child’s first day on your register to a year ahead." in said
        transfer = agreed()
        arriving = f"/establishments/{RAVENSGILL}/transfers/{transfer.pk}/arrived/"
        typed = {"on": f"{day(1):%d/%m/%Y}", "kind": "C"}
        assert "Choose the day the child came" in client("head-ravensgill").post(arriving, typed).content.decode()

    def test_a_day_can_be_typed_on_a_telephone(self) -> None:
        """R30: a keyboard of digits alone has no stroke to put between day and month."""
        pupil, head = on_roll(), client("head-beckside")
        for address in (f"pupils/{pupil.pk}/left/", f"pupils/{pupil.pk}/transfer/", "joiners-and-leavers/", "ledger/"):
            page = head.get(f"/establishments/{BECKSIDE}/{address}").content.decode()
            assert "inputmode" not in page, address
