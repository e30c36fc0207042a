"""What the pages of officers and of a headship say, and what they offer to whom (R9, R10, R36)."""

import re

import pytest

from access_register.headships import handovers
from access_register.models import OfficerAppointment
from sharing.days import day_in_words
from tests.access_register.duties import FIONA, MANAGER, TODAY, appointment
from tests.access_register.handovers import BECKSIDE, DEPUTY, HEAD, OFFICER, OTHER_OFFICER, in_days, name
from tests.people import EDUNET, as_batch, asker, client, person

pytestmark = pytest.mark.django_db


def page(slug: str, by: str = MANAGER) -> str:
    return " ".join(client(by, EDUNET).get(f"/officers/{appointment(slug).pk}/").text.split())


def test_an_information_manager_is_offered_nothing_for_their_own_duties() -> None:
    """R10: another keeps them. Of anybody else's, each may be ended."""
    own, others = page(MANAGER), page("officer-admissions")
    offers = ("Record a duty</a>", "They are no longer an officer</a>", "End now<span", "Change team, post")
    assert [words in own for words in offers] == [False] * 4
    assert [words in others for words in offers] == [True] * 4
    assert "These are your own duties." in own
    assert "These are your own duties." not in others


def test_who_has_no_duty_is_said_to_see_establishments_alone() -> None:
    said = "No duty is on record. This officer sees establishment information only."
    assert said in page("officer-no-duty")
    assert said not in page("officer-admissions")


@pytest.mark.drifts  # an appointment changed past the register
def test_the_last_day_of_an_officer_stands_there_where_there_is_one() -> None:
    assert "Last day</dt>" not in page(FIONA)
    with as_batch():
        OfficerAppointment.objects.filter(pk=appointment(FIONA).pk).update(ends_on=TODAY)
    assert re.search(rf"Last day</dt>\s*<dd [^>]*>{day_in_words(TODAY)}<", page(FIONA))


class TestAHeadship:
    def read(self, slug: str = HEAD, address: str = "") -> str:
        is_officer = slug.startswith("officer")
        browser = client(slug, EDUNET) if is_officer else client(slug)
        page = f"/establishments/{BECKSIDE}/{'' if is_officer else 'register/'}headship/"
        return " ".join(browser.get(address or page).text.split())

    def facts(self, slug: str = HEAD) -> dict[str, str]:
        return dict(re.findall(r"<dt [^>]*>(.*?)</dt>\s*<dd [^>]*>(.*?)</dd>", self.read(slug)))

    def test_who_has_verified_it_is_said_once_somebody_has(self) -> None:
        """R36: and until when, of who only acts as head."""
        number = name(until=in_days(40))
        before = self.facts()
        assert "Verified by" not in before
        assert before["Acting head until"] == day_in_words(in_days(40))
        handovers.verify_successor(asker(OFFICER, EDUNET), number)
        after = self.facts()
        assert after["Verified by"] == person(OFFICER).name
        assert after["Successor"] == person(DEPUTY).name
        assert after["Named by"] == person(HEAD).name

    def test_a_head_for_good_has_no_last_day(self) -> None:
        name()
        assert "Acting head until" not in self.facts()

    def test_the_officer_who_named_a_successor_is_not_offered_to_verify_them(self) -> None:
        """R36: another is."""
        name(by=asker(OFFICER, EDUNET))
        button = f'Verify<span class="govuk-visually-hidden"> {person(DEPUTY).name}'
        assert button not in self.read(OFFICER, "/handovers/")
        assert button in self.read(OTHER_OFFICER, "/handovers/")

    def test_the_offer_is_for_whom_it_is_made_to(self) -> None:
        """R36: nobody else is led to it; the officers are led to where it is verified."""
        name()
        every = "All handovers, where successors are verified"
        heads, deputys, officers = (self.read(slug) for slug in (HEAD, DEPUTY, OFFICER))
        assert [("Read the offer</a>" in page, every in page) for page in (heads, deputys, officers)] == [
            (False, False), (True, False), (False, True),
        ]  # fmt: skip
        assert "Name a successor</a>" not in heads

    def test_what_a_head_will_see_has_a_last_day_where_they_only_act(self) -> None:
        for until in (None, in_days(40)):
            number = name(until=until)
            handovers.verify_successor(asker(OFFICER, EDUNET), number)
            address = re.search(r'href="([^"]+)">Read the offer', self.read(DEPUTY))
            assert address
            page = self.read(DEPUTY, address[1])
            ends = f" until {day_in_words(until)}" if until else ""
            assert f"You can see all its pupil and staff information{ends}." in page
            handovers.cancel_handover(asker(HEAD), number)
