"""The desk of open statistics on EduNet: asked for, looked at, checked by another, scheduled (R11, R22, R40)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from sharing import door
from sharing.authorise import Asker, NoSuchRecord
from sharing.demo.days import year_told
from sharing.door.release_desk import CannotRelease
from sharing.door.statistics_desk import CannotAsk
from sharing.measures import preparing
from sharing.models import Release, StatisticsRequest
from tests import figures
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, asker, client, person
from tests.statistics_store.planted import prepared

pytestmark = pytest.mark.django_db
DATA, ADMISSIONS = "officer-data", "officer-admissions"
YEAR = year_told(timezone.localdate())  # the newest with a census
DESK = "/releases/open-statistics/"

TABLE = """
head-beckside              schools 404
officer-data               schools 404
officer-data               edunet  200
officer-admissions         edunet  200
officer-no-duty            edunet  403
officer-duty-ended         edunet  403
head-beckside              edunet  403
"""


@pytest.mark.parametrize("case", [line.split() for line in TABLE.strip().splitlines()], ids=" ".join)
def test_who_sees_the_pages(case: list[str]) -> None:
    """R9, R22, R38: officers who run releases, on EduNet."""
    slug, site, expected = case
    with as_batch():
        asked = StatisticsRequest.objects.create(academic_year=1999, asked_by="Somebody", asked_by_id=1)
    through = EDUNET if site == "edunet" else SCHOOLS_ONLINE
    for path in (DESK, f"{DESK}{asked.pk}/", f"{DESK}{asked.pk}/progress/"):
        assert client(slug, through).get(path).status_code == int(expected), path


@pytest.mark.usefixtures("nothing_released")
class TestAsking:
    def test_asked_for_once_and_told_of_in_words(self) -> None:
        """R30: pressed twice, or by two officers, one is made; the page says how far it is."""
        browser, typed = client(DATA, EDUNET), {"year": YEAR, "because": "", "coarsen": "on"}
        first = browser.post(DESK, typed)
        second = client(ADMISSIONS, EDUNET).post(DESK, typed)
        assert first["location"] == second["location"]
        with as_batch():
            (asked,) = StatisticsRequest.objects.filter(academic_year=YEAR)
            StatisticsRequest.objects.filter(pk=asked.pk).update(state="working", progress="Counting the pupils")
        assert (asked.asked_by_id, asked.coarsen) == (person(DATA).pk, True)
        answer = browser.get(f"{first['location']}progress/")
        assert answer["X-Is-Moving"] == "yes"
        assert "Being prepared" in answer.content.decode()
        assert "Counting the pupils" in browser.get(first["location"]).content.decode()

    def test_what_stands_in_the_way_is_shown(self) -> None:
        said = "This cannot be published, because a margin is missing."
        with as_batch():
            asked = StatisticsRequest.objects.create(
                academic_year=YEAR, asked_by="Somebody", asked_by_id=1, state="refused", said=said
            )
        browser = client(DATA, EDUNET)
        assert "Why not" in browser.get(DESK).content.decode()
        page = browser.get(f"{DESK}{asked.pk}/").content.decode()
        assert said in page
        assert "taking longer than usual" not in page, "it waits for no worker, however silent"

    def test_who_asks_for_a_year_that_waits_is_told_that_theirs_was_not_added(self) -> None:
        browser = client(DATA, EDUNET)
        first = browser.post(DESK, {"year": YEAR}).headers["location"]
        for typed, is_told in (({}, False), ({"because": "A census came", "coarsen": "on"}, True)):
            answer = browser.post(DESK, {"year": YEAR, **typed}, follow=True)
            assert answer.redirect_chain[-1][0] == first
            assert ("Your request was not added." in answer.content.decode()) is is_told

    def test_a_year_that_was_made_is_asked_for_anew(self) -> None:
        """R30: one who asks is led to their own request, and not to an old one that says it is done."""
        with as_batch():
            old = StatisticsRequest.objects.create(
                academic_year=YEAR, asked_by="Somebody", asked_by_id=1, state="refused"
            )
        number, says_this = door.ask_for_statistics(asker(DATA, EDUNET), year=YEAR)
        assert (number > old.pk, says_this) == (True, True)

    def test_a_new_version_needs_a_reason_and_a_year_its_census(self) -> None:
        with as_batch():
            prepared(YEAR)
        response = client(DATA, EDUNET).post(DESK, {"year": YEAR, "because": " "})
        assert response.status_code == 422
        assert "Say why there is a new one." in response.content.decode()
        assert client(DATA, EDUNET).post(DESK, {"year": "1066"}).status_code == 422
        with pytest.raises(CannotAsk, match="Choose one of these"):
            door.ask_for_statistics(asker(DATA, EDUNET), year=YEAR + 1)
        with pytest.raises(NoSuchRecord):
            door.show_statistics_request(asker(DATA, EDUNET), 10**12)


def officer(slug: str = DATA) -> Asker:
    return asker(slug, EDUNET)


def schedule(release: Release, days: int) -> None:
    door.check_release(officer(), release.pk)
    door.schedule_release(officer(), release.pk, at=timezone.now() + timedelta(days=days))


class TestSigningOff:
    def test_the_preview_tells_what_protection_costs(self) -> None:
        """R11: shares and a verdict in words; no cell of it."""
        with as_batch():
            release = prepared(1999, (999002,))
        text = client(DATA, EDUNET).get(f"/releases/{release.pk}/").content.decode()
        for words in ("Nobody was found", "All add up.", "1.20 pupils", "2.0%", "This is the first release", "Holds"):
            assert words in text, words
        assert "It is right" in text

    def test_the_author_may_not_check_it(self) -> None:
        with as_batch():
            release = prepared(1999, by_id=person(DATA).pk)
        with pytest.raises(CannotRelease, match="Another officer has to check it"):
            door.check_release(officer(), release.pk)
        door.check_release(officer(ADMISSIONS), release.pk)

    def test_what_is_not_safe_cannot_be_checked(self) -> None:
        """R11: whoever asks, and however."""
        with as_batch():
            release = prepared(1999, passed=False)
        text = client(DATA, EDUNET).get(f"/releases/{release.pk}/").content.decode()
        assert "Not safe" in text
        assert "It is right" not in text
        with pytest.raises(CannotRelease, match="Somebody could be found"):
            door.check_release(officer(), release.pk)

    def test_a_version_goes_out_only_beside_those_it_was_tried_with(self) -> None:
        """R11: two versions prepared side by side were never attacked together."""
        figures.without_the_demonstrations()
        with as_batch():
            first, second = prepared(1999), prepared(1999)
        schedule(first, 9)
        with pytest.raises(CannotRelease, match="never tried together"):
            schedule(second, 10)
        with as_batch():
            third = prepared(1999, before=first.pk)
        schedule(third, 10)
        text = client(DATA, EDUNET).get(f"/releases/{third.pk}/").content.decode()
        assert "Other versions of 1999/00" in text
        assert "Version 1" in text

    def test_the_newest_version_of_the_newest_year_until_then_is_the_one_before(self) -> None:
        """R11: not a correction of an earlier year, nor anything of a later one."""
        figures.without_the_demonstrations()
        tried: list[int] = []
        for year, before in ((1998, None), (1998, 0), (1999, 1), (1999, 2), (1998, 1)):
            with as_batch():
                release = prepared(year, before=None if before is None else tried[before])
            schedule(release, 9 + len(tried))
            tried.append(release.pk)

    def test_a_stopped_version_has_been_read_as_well(self) -> None:
        """R11, R22: nothing goes out that was not tried beside it."""
        figures.without_the_demonstrations()
        with as_batch():
            stopped = prepared(1999)
            preparing.bring_out(stopped, by="Another officer", at=timezone.now() - timedelta(days=1))
            Release.objects.filter(pk=stopped.pk).update(state="stopped", stopped_at=timezone.now())
            alone, beside = prepared(1999), prepared(1999, before=stopped.pk)
        with pytest.raises(CannotRelease, match="never tried together"):
            schedule(alone, 9)
        schedule(beside, 9)

    def test_a_year_goes_out_only_beside_the_year_before_that_it_was_tried_with(self) -> None:
        """R11: what changed from one year to the next tells as much as what a correction changed."""
        figures.without_the_demonstrations()
        with as_batch():
            before, alone = prepared(1998), prepared(1999)
        schedule(before, 9)
        with pytest.raises(CannotRelease, match="never tried together"):
            schedule(alone, 10)
        with as_batch():
            beside = prepared(1999, before=before.pk)
        schedule(beside, 10)
