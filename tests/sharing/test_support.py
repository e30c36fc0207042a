"""Mutual support: offers, requests and answers (P8, R2, R3, R16, R17, R20, R29, R33, R43)."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import Error, transaction
from django.utils import timezone

from sharing import door
from sharing.authorise import NeedsSecondFactor, NoSuchRecord, NotAtYourLevel, NotYourEstablishment, Permission, visit
from sharing.door.support import CannotSupport, NewOffer
from sharing.models import Establishment, LedgerEntry, Participation, SupportOffer, SupportRequest
from sharing.to_do import support as to_do
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, asker, client

pytestmark = pytest.mark.django_db
BECKSIDE, RAVENSGILL, LARKROYD = 999002, 999003, 999004
HEAD, THEIR_HEAD = "head-beckside", "head-ravensgill"
ASKED, ANSWERED = "May two of us come and watch?", "Yes: come on Tuesday, and ask for the English lead."


def _wish(**instead: object) -> NewOffer:
    until = timezone.localdate() + timedelta(days=60)
    usual = {"challenge": "maths", "what": "We do sums.", "for_whom": "Everybody", "how": "Ask here.", "until": until}
    return NewOffer(**usual | instead)


def _offer(slug: str = HEAD, urn: int = BECKSIDE, **instead: object) -> int:
    return door.publish_offer(asker(slug), urn, wish=_wish(**instead))


def _ask(offer: int) -> int:
    return door.ask_for_support(asker(THEIR_HEAD), RAVENSGILL, offer, words=ASKED)


def _home(slug: str, urn: int) -> str:
    place = next(place for place in door.my_places(asker(slug)) if place.urn == urn)
    return "".join(waiting.words for waiting in place.to_do if waiting.page == "support")


@pytest.mark.parametrize(
    ("slug", "through", "sees", "manages"),
    [
        (HEAD, SCHOOLS_ONLINE, True, True),
        ("deputy-beckside", SCHOOLS_ONLINE, True, True),
        ("teacher-beckside", SCHOOLS_ONLINE, True, False),
        ("third-party-beckside", SCHOOLS_ONLINE, True, False),
        (THEIR_HEAD, SCHOOLS_ONLINE, True, False),
        ("officer-no-duty", EDUNET, True, False),
        ("officer-data", EDUNET, True, False),
        ("head-larkroyd", SCHOOLS_ONLINE, False, False),
        ("superuser", SCHOOLS_ONLINE, False, False),
    ],
)
def test_all_that_take_part_see_it_and_level_1_keeps_it(slug: str, through, sees: bool, manages: bool) -> None:
    """R2, R16, R33: strangers and the excluded get 404; lower levels and officers write nothing."""
    offer, browser = _offer(), client(slug, through)
    page = browser.get(f"/establishments/{BECKSIDE}/support/")
    assert page.status_code == (200 if sees else 404)
    assert ("We do sums." in page.content.decode()) == sees
    assert ("Withdraw" in page.content.decode()) == manages
    if not manages:
        with pytest.raises((NotAtYourLevel, NoSuchRecord, NotYourEstablishment)):
            door.withdraw_offer(asker(slug, through), BECKSIDE, offer)


def test_an_offer_ends_by_its_day_by_its_head_and_with_the_establishments_part() -> None:
    """R16, R17: the last day, the day after, withdrawn, excluded; its own Level 1 sees what has ended."""
    today = timezone.localdate()
    numbers = [_offer(challenge="maths", until=today), _offer(challenge="writing"), _offer(challenge="sen")]
    door.withdraw_offer(asker(HEAD), BECKSIDE, numbers[1])
    door.withdraw_offer(asker(HEAD), BECKSIDE, numbers[1])  # twice is as once

    def seen() -> list[int]:
        return sorted(offer.id for offer in door.show_support(asker(THEIR_HEAD), BECKSIDE).offers)

    assert seen() == [numbers[0], numbers[2]]
    with as_batch():
        SupportOffer.objects.filter(pk=numbers[0]).update(until=today - timedelta(days=1))
    assert seen() == [numbers[2]]
    own = door.show_support(asker(HEAD), BECKSIDE)
    assert {(offer.id, offer.state) for offer in own.past} == {(numbers[0], "Over"), (numbers[1], "Withdrawn")}
    with pytest.raises(NoSuchRecord):
        door.change_offer(asker(HEAD), BECKSIDE, numbers[1], wish=_wish())
    with as_batch():
        Participation.objects.filter(establishment__urn=BECKSIDE).update(ends_on=today - timedelta(days=1))
    found = door.find_schools(asker(THEIR_HEAD), challenge="sen")
    assert BECKSIDE not in [school.urn for school in found.page]
    with pytest.raises(NoSuchRecord):
        _ask(numbers[2])
    with pytest.raises(CannotSupport, match="does not take part"):
        _offer(challenge="eal")
    assert not door.show_support(asker(HEAD), BECKSIDE).may_offer
    with visit(asker("officer-no-duty", EDUNET), Permission.VIEW_ESTABLISHMENT, action="test") as here:
        here.showed()
        assert not SupportOffer.objects.filter(establishment__urn=BECKSIDE).exists()


def test_asked_and_accepted_with_the_state_on_both_home_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """P8, R43: asked once however often it is sent, answered once, in words that only the two ends read."""
    number = _ask(_offer())
    assert _ask(_offer_of(number)) == number
    with pytest.raises(CannotSupport, match="already asked for this, in other words"):
        door.ask_for_support(asker(THEIR_HEAD), RAVENSGILL, _offer_of(number), words="May we come too?")
    assert _home(HEAD, BECKSIDE) == "1 request for your support to answer"
    assert "1 request of yours is waiting for support" in _home(THEIR_HEAD, RAVENSGILL)
    with pytest.raises(NoSuchRecord):
        door.answer_support_request(asker(THEIR_HEAD), RAVENSGILL, number, accepts=True, answer="I say yes")
    door.answer_support_request(asker(HEAD), BECKSIDE, number, accepts=True, answer=ANSWERED)
    with pytest.raises(CannotSupport, match="meantime"):
        door.take_back_support_request(asker(THEIR_HEAD), RAVENSGILL, number)
    found = door.show_support_request(asker(THEIR_HEAD), RAVENSGILL, number)
    assert (found.request.state, found.words, found.answer) == ("Accepted", ASKED, ANSWERED)
    assert _home(HEAD, BECKSIDE) == ""
    assert "1 request of yours for support accepted" in _home(THEIR_HEAD, RAVENSGILL)
    with as_batch():
        actions = LedgerEntry.objects.filter(about__support_request=number, outcome="changed").order_by("id")
        assert list(actions.values_list("action", "urn"))[-1] == ("answer_support_request", BECKSIDE)
    monkeypatch.setattr(to_do, "NEWS", timedelta())
    assert "1 request of yours for support accepted" not in _home(THEIR_HEAD, RAVENSGILL)


def test_a_request_is_taken_back_only_when_asked_once_more() -> None:
    """P8, WCAG 3.3.4: it cannot be undone, and the button acted by one press."""
    number, browser = _ask(_offer()), client(THEIR_HEAD)
    page = f"/establishments/{RAVENSGILL}/support/requests/{number}/"
    (asked,) = [
        part for part in re.findall(r"<details.*?</details>", browser.get(page).text, re.DOTALL) if "take-back" in part
    ]
    assert "To ask again, you have to write it again." in asked
    (address,) = re.findall(r'action="([^"]*take-back/)"', browser.get(page).text)
    assert f'action="{address}"' in asked
    assert browser.post(address).status_code == 302
    assert "Taken back" in browser.get(page).text


def _offer_of(number: int) -> int:
    with as_batch():
        return SupportRequest.objects.get(pk=number).offer_id


def test_nobody_else_reads_what_two_establishments_write_to_each_other() -> None:
    """R13, R33: no lower level, no officer, no third establishment; none at all while one end is excluded (R17)."""
    number = _ask(_offer())
    for slug, through, urn in (
        ("teacher-beckside", SCHOOLS_ONLINE, BECKSIDE),
        ("head-oxenby", SCHOOLS_ONLINE, 999005),
        ("officer-data", EDUNET, BECKSIDE),
    ):
        with pytest.raises((NoSuchRecord, NotAtYourLevel)):
            door.show_support_request(asker(slug, through), urn, number)
        with visit(asker(slug, through), Permission.VIEW_ESTABLISHMENT, action="test") as here:
            here.showed()
            assert not SupportRequest.objects.filter(pk=number).exists()
    with pytest.raises(NeedsSecondFactor):
        door.show_support(replace(asker(HEAD), second_factor=False), BECKSIDE)
    with as_batch():
        ended = timezone.localdate() - timedelta(days=1)
        Participation.objects.filter(establishment__urn=RAVENSGILL).update(ends_on=ended)
    for slug, urn in ((HEAD, BECKSIDE), (THEIR_HEAD, RAVENSGILL)):
        with pytest.raises(NoSuchRecord):
            door.show_support_request(asker(slug), urn, number)
    assert _home(HEAD, BECKSIDE) == ""


def test_the_database_holds_the_order_of_events_by_itself() -> None:
    """R45: with the door forgotten, one side asks, the other answers, once; and nobody writes for another."""
    offer = _offer()
    number = _ask(offer)
    now = {"answered_at": timezone.now()}
    with as_batch():
        place, other = (Establishment.objects.get(urn=urn).pk for urn in (BECKSIDE, RAVENSGILL))
    with visit(asker(THEIR_HEAD), Permission.KEEP_RECORDS, RAVENSGILL, action="test") as here:
        here.showed()
        mine = SupportRequest.objects.filter(pk=number)
        for refused in (
            lambda: mine.update(state="accepted", **now),
            lambda: mine.update(words="Other words"),
            lambda: SupportRequest.objects.create(
                offer_id=offer, establishment_id=place, from_establishment_id=place + 1, asked_by_id=0
            ),
            lambda: SupportOffer.objects.create(establishment_id=place, made_by_name="x", **vars(_wish())),
            lambda: SupportOffer.objects.filter(pk=offer).update(what="Changed") or _refuse(),
        ):
            with pytest.raises(Error), transaction.atomic():
                refused()
        assert mine.update(state="taken_back", **now) == 1
        with pytest.raises(Error, match="once"), transaction.atomic():
            mine.update(state="waiting", answered_at=None)
        assert other


def _refuse() -> None:
    raise Error("no row")


def test_one_offer_of_each_challenge() -> None:
    first = _offer()
    with pytest.raises(CannotSupport) as refused:
        _offer()
    assert refused.value.field == "challenge"
    with pytest.raises(CannotSupport) as refused:
        _offer(challenge="eal", until=timezone.localdate() - timedelta(days=1))
    assert refused.value.field == "until"
    door.change_offer(asker(HEAD), BECKSIDE, first, wish=_wish(challenge="writing"))
    assert _offer() != first


def test_an_offer_that_has_ended_is_made_again_as_the_refusal_says() -> None:
    """P8, R30: it can be neither changed nor withdrawn by the buttons of an offer that stands."""
    ended, browser = _offer(), client(HEAD)
    with as_batch():
        SupportOffer.objects.filter(pk=ended).update(until=timezone.localdate() - timedelta(days=1))
    with pytest.raises(CannotSupport, match="On the page of your offers, choose “Offer it for longer”"):
        _offer(what="We do other sums.")
    page = browser.get(f"/establishments/{BECKSIDE}/support/").content.decode()
    (longer,) = re.findall(r'href="([^"]+)">Offer it for longer<', page)
    form = browser.get(longer).context["form"]
    typed = form.initial | {
        "what": "We do other sums.",
        "until": f"{timezone.localdate() + timedelta(days=9):%d/%m/%Y}",
    }
    assert browser.post(longer, typed).status_code == 302
    assert "We do other sums." in browser.get(f"/establishments/{BECKSIDE}/support/").content.decode()


def test_what_was_asked_for_stays_what_it_was() -> None:
    """P8: a request says what its offer is about. Once somebody has asked, the offer goes on about that challenge."""
    offer = _offer()
    asked = _ask(offer)
    with pytest.raises(CannotSupport) as refused:
        door.change_offer(asker(HEAD), BECKSIDE, offer, wish=_wish(challenge="writing"))
    assert refused.value.field == "challenge"
    door.change_offer(asker(HEAD), BECKSIDE, offer, wish=_wish(what="We do sums on Tuesdays."))
    found = door.show_support_request(asker(THEIR_HEAD), RAVENSGILL, asked)
    assert (found.request.challenge, found.offer.what) == ("Maths", "We do sums on Tuesdays.")


def test_the_school_finder_filters_by_challenge_and_orders_by_likeness() -> None:
    """R29: what is offered narrows the list and never orders it."""
    offer = _offer(THEIR_HEAD, RAVENSGILL)
    everyone = [school.urn for school in door.find_schools(asker(HEAD)).page]
    found = door.find_schools(asker(HEAD), challenge="maths")
    assert [school.urn for school in found.page] == [RAVENSGILL]
    assert [(one.id, one.challenge) for one in found.page.rows[0].offers] == [(offer, "Maths")]
    offering = [school.urn for school in door.find_schools(asker(HEAD)).page if school.offers]
    assert offering == [urn for urn in everyone if urn in offering]
    browser = client(HEAD)
    assert f"support/#offer-{offer}" in browser.get("/school-finder/?challenge=maths").content.decode()
    assert browser.get("/school-finder/?challenge=nonsense").status_code == 200
    assert browser.get("/school-finder/?sort=ks2_rwm_expected&challenge=maths").status_code == 422


def test_the_pages() -> None:
    """R30: each form, without script."""
    head, other, here = client(HEAD), client(THEIR_HEAD), f"/establishments/{BECKSIDE}/support/"
    assert head.post(f"{here}offers/add/", {"what": ""}).status_code == 422
    typed = {"challenge": "maths", "what": "We do sums.", "for_whom": "All", "how": "Ask.", "until": "1/9/2099"}
    assert head.post(f"{here}offers/add/", typed).status_code == 302
    assert "already" in head.post(f"{here}offers/add/", typed).content.decode()
    (offer,) = [offer.id for offer in door.show_support(asker(HEAD), BECKSIDE).offers]
    assert head.post(f"{here}offers/{offer}/change/", typed | {"for_whom": "Primaries"}).status_code == 302
    theirs = f"/establishments/{RAVENSGILL}/support/"
    assert other.get(f"{theirs}ask/{offer}/").status_code == 200
    assert other.post(f"{theirs}ask/{offer}/", {"words": ""}).status_code == 422
    assert other.post(f"{theirs}ask/{offer}/", {"words": ASKED}).status_code == 302
    (number,) = [one.id for one in door.show_support(asker(HEAD), BECKSIDE).requests]
    request = f"{here}requests/{number}/"
    assert ASKED in head.get(request).content.decode()
    assert head.post(request, {"answer": ""}).status_code == 422
    assert head.post(request, {"accepts": "no", "answer": "Not this term."}).status_code == 302
    assert "Declined" in other.get(theirs).content.decode()
    assert "in the meantime" in other.post(f"{theirs}requests/{number}/take-back/", follow=True).content.decode()
    assert head.post(f"{here}offers/{offer}/withdraw/").status_code == 302
    assert other.get(f"{theirs}ask/{offer}/").status_code == 404


def test_an_offer_that_is_withdrawn_stays_so() -> None:
    """R3: whoever writes, whatever they change. Another can be published."""
    number = _offer()
    door.withdraw_offer(asker(HEAD), BECKSIDE, number)
    again = {"withdrawn_at": None, "withdrawn_by_name": ""}
    for facts in (again, {"what": "Something else."}):
        with pytest.raises(Error, match="an offer that is withdrawn stays so"), transaction.atomic(), as_batch():
            SupportOffer.objects.filter(pk=number).update(**facts)
    assert _offer() != number
