"""Who sees a case, and what they see who are suspended: everybody else, 404 (P17, R41, R44)."""

from datetime import date

import pytest
from django.core import mail
from django.utils import timezone

from access_register import service
from access_register.breaches import steps
from access_register.models import Breach, BreachSeat, OfficerAppointment, Person, RegisterLine
from sharing import door
from sharing.authorise import Through
from sharing.models import Establishment, LedgerEntry
from tests.access_register.breaches import (
    BECKSIDE,
    OTHERS,
    PANEL,
    against,
    against_establishment,
    against_person,
    contract_of,
    decide,
    manager,
    report,
    seat,
    vote,
)
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, asker, client, person
from tests.post import posting
from tests.test_who_sees_what import PAGES, STATUS

pytestmark = pytest.mark.django_db

# What everybody gets of a case against a teacher of Beckside that is with its panel, which is full: the case, and each
# step.
STEPS = ("", "vote/", "answer/", "appeal/", "concerned/", "refer/", "told/", "evidence/", "panel/")
TABLE = """
                           site    case vote answer appeal concerned refer told evidence panel
teacher-beckside           schools ok   404  ok     404    404       404   404  404      404
governor-beckside          schools ok   404  404    404    404       404   404  404      404
head-oxenby                schools ok   ok   404    404    404       404   404  404      404
head-beckside              schools 404  404  404    404    404       404   404  404      404
deputy-beckside            schools 404  404  404    404    404       404   404  404      404
head-ravensgill            schools 404  404  404    404    404       404   404  404      404
third-party-beckside       schools 404  404  404    404    404       404   404  404      404
superuser                  schools 404  404  404    404    404       404   404  404      404
officer-information        schools 404  404  404    404    404       404   404  404      404
officer-information        edunet  ok   404  404    404    404       404   ok   ok       404
officer-data               edunet  404  404  404    404    404       404   404  404      403
officer-no-duty            edunet  404  404  404    404    404       404   404  404      403
"""
WHO = [line.split() for line in TABLE.strip().splitlines()[1:]]


def test_who_sees_a_case() -> None:
    """R41: who reported it, whom it is held against, the panel, the data-protection side; to others there is none."""
    number = against_person("teacher-beckside")
    seat(number)
    seen = {}
    for slug, site, *_ in WHO:
        browser = client(slug, EDUNET if site == "edunet" else SCHOOLS_ONLINE)
        answers = [browser.get(f"/breaches/{number}/{step}").status_code for step in STEPS]
        seen[slug, site] = [STATUS[answer] for answer in answers]
    assert seen == {(slug, site): expected for slug, site, *expected in WHO}


def test_who_is_suspended_gets_one_page_whatever_they_try() -> None:
    """R41, R44: a teacher and an officer; account, guidance, their own case and what they took away answer as ever."""
    for slug, site in (("teacher-beckside", SCHOOLS_ONLINE), ("officer-data", EDUNET)):
        number = against_person(slug)
        panel = PANEL if slug == "teacher-beckside" else (*PANEL[:2], "officer-admissions")
        decide(number, "suspend_person", 1, panel)
        browser = client(slug, site)
        for page, path in PAGES.items():
            ids = {"pupil": "4" * 32, "in_year_1": "4" * 32, "member": "4" * 32, "item": "4" * 32, "file": 1}
            answer = browser.get(f"/{path.format(**ids)}")
            own = path in {"breaches/", f"establishments/{BECKSIDE}/breaches/", f"breaches/{number}/", "my-downloads/"}
            assert answer.status_code == (200 if own else 404 if answer.status_code == 404 else 403), page
            if answer.status_code == 403:
                assert "Your access is suspended" in answer.content.decode(), page
            if own or answer.status_code == 403:
                assert [item.text for item in answer.context["navigation"]] == ["Home", "Guidance"], page
        assert browser.get(f"/breaches/{number}/appeal/").status_code == 200
        assert browser.get("/guidance/").status_code == browser.get("/account/").status_code == 200
        assert browser.post("/establishments/999002/imports/add/").status_code == 403


@pytest.mark.parametrize(
    ("slug", "site", "advice"),
    [("head-beckside", SCHOOLS_ONLINE, "An officer can name somebody to act as head"),
     ("officer-admissions", EDUNET, "Tell your manager if something is waiting for you")],
)  # fmt: skip
def test_who_is_suspended_reads_whom_to_tell(slug: str, site: Through, advice: str) -> None:
    """R41: the head has no head to tell, nor has an officer."""
    decide(against_person(slug), "suspend_person", 1)
    assert advice in client(slug, site).get("/").content.decode()


def test_a_head_who_is_an_officer_besides_reads_and_answers_where_the_letter_leads() -> None:
    """R41: a case against the establishment. The letter leads officers to EduNet, and the page there was none."""
    with as_batch():
        today = timezone.localdate()
        service.appoint_officer(OfficerAppointment(
            person=person("head-beckside"), team="Governance", starts_on=today, recorded_by_name="the service",
        ))  # fmt: skip
    with posting():
        number = against_establishment(BECKSIDE)
    (letter,) = [letter for letter in mail.outbox if letter.to == [person("head-beckside").email]]
    site = EDUNET if "edunet" in letter.body else SCHOOLS_ONLINE
    browser = client("head-beckside", site)
    assert browser.get(f"/breaches/{number}/").status_code == 200
    assert browser.post(f"/breaches/{number}/answer/", {"words": "It was put right."}).status_code == 302
    assert client("deputy-beckside").get(f"/breaches/{number}/").status_code == 404


def test_who_reports_their_own_mistake_is_told_once_of_the_decision() -> None:
    """R41: they reported it, and it is held against them."""
    own = report(asker("teacher-beckside"), whose="own")
    steps.refer_breach(manager(), own, is_personal=True, severity="risk", refers=True, words="It is to be judged.")
    with posting():
        decide(own, "training")
    told = [letter.to[0] for letter in mail.outbox if "has been decided" in letter.body]
    assert sorted(told) == sorted(person(slug).email for slug in ("teacher-beckside", "officer-information"))


def test_each_step_by_its_page() -> None:
    """R41: as it is done in a browser; what is typed wrongly is said, and nothing is in an address."""
    governor, manager = client("governor-beckside"), client("officer-information", EDUNET)
    assert governor.post("/breaches/report/", {"whose": "own"}).status_code == 422
    told = {
        "form_key": "4b0e4be5-6b0f-4a30-9dd2-6f3ff1d2ef66", "whose": "person", "happened": "A list was lost.",
        "aware_at": "1/9/2026 08:00", "categories": ["names"], "children": "10", "about": BECKSIDE,
    }  # fmt: skip
    case = governor.post("/breaches/report/", told)["location"]
    search = {"sort": "person", "words": "Hussain"}
    assert "Nadia Hussain" in manager.post(f"{case}concerned/", search).content.decode()
    manager.post(f"{case}concerned/", search | {"target": person("teacher-beckside").pk})
    refer = {"is_personal": "yes", "refers": "yes", "words": "A list of children."}
    assert manager.post(f"{case}refer/", refer).status_code == 422
    assert manager.post(f"{case}refer/", refer | {"severity": "high"}).status_code == 302
    assert "The people concerned: must be told" in manager.get(case).content.decode()
    manager.post(f"{case}told/", {"whom": "ico"})
    assert manager.post(f"{case}panel/", {"people": [person("head-beckside").pk]}).status_code == 422
    too_few = manager.post(f"{case}panel/", {"people": [person(PANEL[0]).pk]})
    assert (too_few.status_code, "Name the panel</button>" in too_few.content.decode()) == (422, True)
    assert manager.post(f"{case}panel/", {"people": [person(slug).pk for slug in PANEL]}).status_code == 302
    wrong = client(PANEL[0]).post(f"{case}vote/", {"measure": "suspend_person", "reason": "So"})
    assert "Choose for how long." in wrong.content.decode()
    for slug in PANEL:
        done = client(slug).post(f"{case}vote/", {"measure": "suspend_person", "weeks": "2", "reason": "So"})
        assert done.status_code == 302
    teacher = client("teacher-beckside")
    assert teacher.get("/").status_code == 403
    assert teacher.post(f"{case}appeal/", {"words": "Too long."}).status_code == 302
    with as_batch():
        assert Breach.objects.get().state == "appealed"
        actions = set(LedgerEntry.objects.filter(outcome="changed").values_list("action", flat=True))
    assert {
        "report_breach",
        "name_concerned",
        "refer_breach",
        "seat_panel",
        "vote_on_breach",
        "appeal_breach",
    } <= actions


@pytest.mark.drifts
def test_a_member_who_comes_to_be_concerned_sits_no_more() -> None:
    """R41: from that moment: neither votes nor reads the case; another is named beside the rest."""
    number = against_person("teacher-beckside")
    seat(number)
    with as_batch():
        RegisterLine.objects.create(
            establishment_id=person("head-beckside").lines.get().establishment_id, person=person(PANEL[0]), level=3,
            role="governor", starts_on=date(2026, 1, 1), level_since=date(2026, 1, 1), given_by_name="Test",
        )  # fmt: skip
    assert client(PANEL[0]).get(f"/breaches/{number}/").status_code == 404
    with pytest.raises(steps.CannotChange):
        vote(number, PANEL[0], "none")
    assert "Name the panel" in client("officer-information", EDUNET).get(f"/breaches/{number}/").content.decode()
    steps.seat_panel(asker("officer-information", EDUNET), number, people=[person(OTHERS[0]).pk])
    assert [vote(number, slug, "advice") for slug in (PANEL[1], PANEL[2], OTHERS[0])] == [False, False, True]


def test_seats_of_who_may_not_sit_any_more_hold_up_no_decision() -> None:
    """R41: two of five are not most of them, whoever has voted; two of three are."""
    number = against_person("teacher-beckside")
    seat(number)
    with as_batch():
        for slug in OTHERS[1:]:
            BreachSeat.objects.create(breach_id=number, person=person(slug), name=slug, sitting=1)
    for slug, measure in zip(PANEL, ("advice", "none", "advice"), strict=True):
        assert not vote(number, slug, measure)
    with as_batch():
        Person.objects.filter(pk=person(OTHERS[1]).pk).update(is_active=False)
        Person.objects.filter(pk=person(OTHERS[2]).pk).update(suspended_until=timezone.localdate())
    assert vote(number, PANEL[0], "advice")


def test_home_pages_say_what_waits() -> None:
    """R41: a vote and a case to answer at the school's, a report and a vote at the officer's."""
    number = against_person("teacher-beckside")
    seat(number, (*PANEL[:2], "officer-data"))
    assert "1 case to vote on" in client(PANEL[0]).get("/").content.decode()
    assert "1 case about a breach to answer" in client("teacher-beckside").get("/").content.decode()
    assert "case to vote on" in client("officer-data", EDUNET).get("/").content.decode()
    against_establishment(BECKSIDE)
    assert "breach without a panel" in client("officer-information", EDUNET).get("/").content.decode()
    assert "1 case about a breach to answer" in client("head-beckside").get("/").content.decode()
    against_person("officer-admissions")
    waits = "<strong>1</strong> case about a breach to answer"
    assert waits in client("officer-admissions", EDUNET).get("/").content.decode()


def test_a_vote_waits_where_its_member_is_head() -> None:
    """A18, R41: the head of a school who is also a governor at another, which comes first by number, votes as head."""
    with as_batch():
        governor = RegisterLine.objects.get(person=person("governor-beckside"))
        governor.pk, governor._state.adding = None, True
        governor.person, governor.establishment = person(PANEL[0]), Establishment.objects.get(urn=999001)
        service.place_line(governor)
    seat(against_person("teacher-beckside"))
    waiting = {place.urn: [one.words for one in place.to_do] for place in door.my_places(asker(PANEL[0]))}
    assert "1 case to vote on" in waiting[999005]
    assert "1 case to vote on" not in waiting[999001]


def test_a_case_against_a_head_and_the_school_is_one_case() -> None:
    """R41: the home page counts cases, and not the names in them. Another one against the head alone is a second."""
    head, school = person("head-beckside").pk, Establishment.objects.get(urn=BECKSIDE).pk
    against(("person", head), ("establishment", school), by="governor-ravensgill")
    assert "1 case about a breach to answer" in client("head-beckside").get("/").content.decode()
    against(("person", head), by="governor-ravensgill")
    assert "2 cases about a breach to answer" in client("head-beckside").get("/").content.decode()


def test_a_case_against_a_third_party_waits_for_its_people() -> None:
    """R25, R41: it is one case for somebody who is named in it besides, and none for a governor who is not."""
    slug = "third-party-beckside"
    against(("third_party", contract_of(slug).pk), ("person", person(slug).pk))
    assert "1 case about a breach to answer" in client(slug).get("/").content.decode()
    against(("third_party", contract_of(slug).pk))
    assert "2 cases about a breach to answer" in client(slug).get("/").content.decode()
    assert "about a breach to answer" not in client("governor-beckside").get("/").content.decode()


def test_an_appeal_without_its_panel_waits_at_the_desk() -> None:
    """R41: those who decided first are no panel of it."""
    number, desk = against_person("teacher-beckside"), client("officer-information", EDUNET)
    decide(number, "suspend_person", 1)
    assert "breach without a panel" not in desk.get("/").content.decode()
    steps.appeal_breach(asker("teacher-beckside"), number, words="It is too much.")
    assert "breach without a panel" in desk.get("/").content.decode()
