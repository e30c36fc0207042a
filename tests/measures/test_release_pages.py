"""The pages of releases: the calendar on both sites, the desk of those who run them on EduNet (R22, R29, R40)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from sharing import door
from sharing.measures import preparing
from sharing.models.releases import Release
from tests import figures
from tests.locks.switches import run_as_owner
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, asker, client, person, visitor

pytestmark = pytest.mark.django_db
DATA, ADMISSIONS = "officer-data", "officer-admissions"
CODE, YEAR = "ks2_rwm_expected", 1999
CELLS = {(999002, CODE): 61, ("england", CODE): 65, ("england:primary", CODE): 66, ("england:secondary", CODE): 9}

# calendar, history of a dataset, desk, one release
TABLE = """
head-beckside              schools ok  ok  404 404
governor-beckside          schools ok  ok  404 404
third-party-beckside       schools ok  ok  404 404
head-larkroyd              schools ok  ok  404 404
absent-beckside            schools ok  404 404 404
teacher-ended              schools ok  404 404 404
superuser                  schools ok  404 404 404
other-department           schools ok  404 404 404
officer-data               schools ok  404 404 404
teacher-not-accepted       schools acc acc 404 404
officer-data               edunet  ok  ok  ok  ok
officer-admissions         edunet  ok  ok  ok  ok
officer-school-improvement edunet  ok  ok  403 403
officer-no-duty            edunet  ok  ok  403 403
officer-duty-ended         edunet  ok  ok  403 403
officer-not-accepted       edunet  acc acc acc acc
head-beckside              edunet  403 403 403 403
other-department           edunet  403 403 403 403
nobody                     schools in  in  404 404
nobody                     edunet  in  in  in  in
"""
CASES = [line.split() for line in TABLE.strip().splitlines()]
ANSWERS = {200: "ok", 403: "403", 404: "404"}
SENT_TO = {"/sign-in/": "in", "/protocol/accept/": "acc"}


@pytest.fixture
def release() -> Release:
    with as_batch():
        return figures.release("ks2", YEAR, CELLS, by_id=person(ADMISSIONS).pk)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0]} on {case[1]}")
def test_who_sees_which_page(case: list[str], release: Release) -> None:
    """R2, R9, R22, R38."""
    slug, site, *expected = case
    through = EDUNET if site == "edunet" else SCHOOLS_ONLINE
    seen = []
    for path in ("/calendar/", "/calendar/ks2/", "/releases/", f"/releases/{release.pk}/"):
        browser = visitor(through) if slug == "nobody" else client(slug, through)
        response = browser.get(path)
        sent_to = response.get("location", "").partition("?")[0]
        seen.append(SENT_TO[sent_to] if sent_to else ANSWERS[response.status_code])
    assert seen == expected


class TestAVersionGoneBy:
    """R22, R31: what a version said stays readable, beside what replaced it and why."""

    def test_what_it_said_what_stands_now_and_why(self) -> None:
        with as_batch():
            first = figures.out("ks2", YEAR, CELLS, at=timezone.now() - timedelta(days=9))
            second = figures.out("ks2", YEAR, CELLS | {(999002, CODE): 64, (999003, CODE): 70})
        found = door.show_past_release(asker("governor-beckside"), "ks2", first.pk)
        assert found.replaced_by.id == second.pk
        assert found.replaced_by.because == "A correction"
        assert [(figure.of, figure.said, figure.says, figure.is_another) for figure in found.figures] == [
            ("Beckside Primary School", "61%", "64%", True), ("England", "65%", "65%", False),
            ("England (primary schools)", "66%", "66%", False),
        ]  # fmt: skip
        page = client("governor-beckside").get(f"/calendar/ks2/{first.pk}/").content.decode()
        assert "This version has been replaced" in page
        assert f"/calendar/ks2/{first.pk}/" in client("governor-beckside").get("/calendar/ks2/").content.decode()
        other = door.show_past_release(asker("officer-no-duty", EDUNET), "ks2", second.pk, of=999003)
        assert (other.replaced_by, other.figures[0].said) == (None, "70%")
        assert [
            figure.of for figure in door.show_past_release(asker("officer-data", EDUNET), "ks2", first.pk).figures
        ] == ["England"]

    def test_comparators_are_figures_of_measures_of_other_datasets(self) -> None:
        """R22: the page said that they contain none."""
        with as_batch():
            of_areas = {("england", CODE): 61, ("england", "attendance_absence"): 5}
            out = figures.out("comparators", YEAR, of_areas)
        found = door.show_past_release(asker("governor-beckside"), "comparators", out.pk)
        assert {(figure.of, figure.said) for figure in found.figures} == {("England", "61%"), ("England", "5.0%")}

    def test_nothing_of_what_is_not_out_or_not_ones_own_to_read(self, release: Release) -> None:
        """R2, R16, R22: before its instant, of another dataset, of an excluded establishment: not there."""
        with as_batch():
            out = figures.out("ks2", YEAR - 1, CELLS | {(999004, CODE): 50})
        reader = client("governor-beckside")
        for path in (f"ks2/{release.pk}/", f"ks4/{out.pk}/", f"ks2/{out.pk}/?of=999004", "ks2/999999999/"):
            assert reader.get(f"/calendar/{path}").status_code == 404
        assert client("teacher-ended").get(f"/calendar/ks2/{out.pk}/").status_code == 404
        assert client("head-larkroyd").get(f"/calendar/ks2/{out.pk}/?of=999002").status_code == 404


class TestCalendar:
    def test_of_a_coming_release_only_that_it_comes_and_when(self) -> None:
        """R22: the same words for a governor and for an officer, and no number of what is in it."""
        with as_batch():
            figures.out("ks4", YEAR, {("england", "ks4_attainment8"): 46}, at=timezone.now() + timedelta(days=9))
        for slug, through in (("governor-beckside", SCHOOLS_ONLINE), ("officer-no-duty", EDUNET)):
            to_come = door.show_calendar(asker(slug, through)).coming
            (coming,) = [release for release in to_come if release.academic_year == YEAR]
            assert (coming.dataset, coming.year, coming.owner) == (
                "Key Stage 4 results", "1999/00", "Performance and Data Team",
            )  # fmt: skip
            assert set(vars(coming)) == {
                "dataset", "dataset_slug", "owner", "academic_year", "version", "goes_out_at", "announced_for",
                "because", "is_withdrawn",
            }  # fmt: skip
            text = client(slug, through).get("/calendar/").content.decode()
            assert "Key Stage 4 results" in text
            assert f"{timezone.localtime(coming.goes_out_at):%-d %B %Y, %H:%M}" in text

    def test_who_has_no_place_sees_an_empty_calendar(self) -> None:
        with as_batch():
            figures.out("ks2", YEAR, CELLS)
            figures.out("ks4", YEAR, {("england", "ks4_attainment8"): 46}, at=timezone.now() + timedelta(days=9))
        for slug in ("superuser", "teacher-ended", "other-department"):
            found = door.show_calendar(asker(slug))
            assert (found.coming, found.past.rows) == ((), ())
            page = client(slug).get("/calendar/").content.decode()
            assert "There is no release here for you to see." in page  # and not that none is out

    def test_prepared_checked_and_withdrawn_are_not_in_it(self, release: Release) -> None:
        before = door.show_calendar(asker("head-beckside"))
        door.check_release(asker(DATA, EDUNET), release.pk)
        assert door.show_calendar(asker("head-beckside")) == before
        door.withdraw_release(asker(DATA, EDUNET), release.pk, because="The wrong file")
        assert door.show_calendar(asker("head-beckside")) == before
        assert door.show_calendar(asker(DATA, EDUNET)).past.total == before.past.total

    def test_what_was_announced_does_not_fall_silent(self, release: Release) -> None:
        """R22: put off, put off to another day, withdrawn: the calendar and the page for a visit say so, and why. A
        month later it is gone."""
        data, officer = asker(DATA, EDUNET), client("officer-school-improvement", EDUNET)
        door.check_release(data, release.pk)
        first, second = (timezone.now().replace(second=0, microsecond=0) + timedelta(days=days) for days in (9, 12))
        door.schedule_release(data, release.pk, at=first)
        announced = f"It was announced for {timezone.localtime(first):%-d %B %Y, %H:%M}. Why: A late file"
        pages = [(client("governor-beckside"), "/calendar/"), (officer, "/establishments/999002/visit/")]
        door.postpone_release(data, release.pk, because="A late file")
        for browser, path in pages:
            text = browser.get(path).content.decode()
            assert f"<strong>Postponed.</strong> It has no new day yet. {announced}" in text
        door.schedule_release(data, release.pk, at=second)
        for browser, path in pages:
            text = browser.get(path).content.decode()
            moved = f"<strong>Postponed to {timezone.localtime(second):%-d %B %Y, %H:%M}.</strong> {announced}"
            assert moved in text
        door.withdraw_release(data, release.pk, because="The file was wrong")
        gone = f"<strong>Will not be published.</strong> {announced.replace('A late file', 'The file was wrong')}"
        for browser, path in pages:
            assert gone in browser.get(path).content.decode()
        assert [one.is_withdrawn for one in door.show_calendar(asker("superuser")).coming] == []
        for announced_for, withdrawn_at, is_told in ((32, 29, True), (-1, 32, True), (32, 32, False)):
            run_as_owner(
                "ALTER TABLE sharing_release DISABLE TRIGGER USER",
                f"UPDATE sharing_release SET announced_for = now() - interval '{announced_for} days', "
                f"withdrawn_at = now() - interval '{withdrawn_at} days' WHERE id = {release.pk}",
            )
            for browser, path in pages:
                text = browser.get(path).content.decode()
                assert ("<strong>Will not be published.</strong>" in text) == is_told, (announced_for, withdrawn_at)

    def test_one_that_was_put_off_goes_once_a_later_version_is_out(self, release: Release) -> None:
        """R22: it can get no day any more, and stood there for ever as if it were still to come."""
        data, reader = asker(DATA, EDUNET), client("governor-beckside")
        door.check_release(data, release.pk)
        door.schedule_release(data, release.pk, at=timezone.now() + timedelta(days=9))
        door.postpone_release(data, release.pk, because="A late file")
        with as_batch():
            later = figures.release("ks2", YEAR, CELLS)
            preparing.bring_out(later, by="Another officer", at=timezone.now() + timedelta(days=2))
        assert "<strong>Postponed.</strong>" in reader.get("/calendar/").content.decode()
        with as_batch():
            Release.objects.filter(pk=later.pk).update(goes_out_at=timezone.now() - timedelta(minutes=1))
        assert "<strong>Postponed.</strong>" not in reader.get("/calendar/").content.decode()

    def test_brought_forward_and_back_again(self, release: Release) -> None:
        data, reader = asker(DATA, EDUNET), client("governor-beckside")
        door.check_release(data, release.pk)
        day = timezone.now().replace(second=0, microsecond=0) + timedelta(days=9)
        for at in (day, day - timedelta(days=2)):
            door.schedule_release(data, release.pk, at=at)
            if at == day:
                door.postpone_release(data, release.pk, because="It is ready")
        assert "<strong>Brought forward to" in reader.get("/calendar/").content.decode()
        door.postpone_release(data, release.pk, because="It was not")
        door.schedule_release(data, release.pk, at=day)
        assert "It was announced for" not in reader.get("/calendar/").content.decode()

    def test_the_history_keeps_what_was_superseded(self) -> None:
        """R22: a new version supersedes, never overwrites; each says why it came."""
        with as_batch():
            first = figures.out("ks2", YEAR, CELLS)
            second = figures.out("ks2", YEAR, CELLS)
        found = door.show_release_history(asker("governor-beckside"), "ks2")
        mine = [(r.id, r.version, r.is_current, r.because) for r in found.releases if r.academic_year == YEAR]
        assert mine == [(second.pk, 2, True, "A correction"), (first.pk, 1, False, "A correction")]
        assert "Expected standard in reading, writing and maths" in [measure.name for measure in found.measures]
        text = client("governor-beckside").get("/calendar/ks2/").content.decode()
        assert "superseded" in text
        assert "A correction" in text
        assert text.count("This is the first version") == len({r.academic_year for r in found.releases})

    def test_what_is_out_is_superseded_by_nothing_that_is_not(self) -> None:
        """R22: those who run releases know of the next version, and of those in use until it is out."""
        with as_batch():
            is_out = figures.out("ks2", YEAR, CELLS)
            figures.release("ks2", YEAR, CELLS)
        found = door.show_release_history(asker(DATA, EDUNET), "ks2")
        assert [(one.id, one.is_current) for one in found.releases if one.academic_year == YEAR] == [(is_out.pk, True)]

    def test_an_unknown_dataset_is_not_there(self) -> None:
        assert client("head-beckside").get("/calendar/nonsense/").status_code == 404


class TestDesk:
    def test_check_schedule_postpone_withdraw(self, release: Release) -> None:
        browser, base = client(DATA, EDUNET), f"/releases/{release.pk}/"
        assert "It is right" in browser.get(base).content.decode()
        assert (
            "The release is checked. Say below when it goes out."
            in browser.post(f"{base}check/", follow=True).content.decode()
        )
        day = timezone.localdate() + timedelta(days=30)
        page = browser.post(f"{base}schedule/", {"day": f"{day:%d/%m/%Y}", "at": "09:30"}, follow=True)
        assert f"{day:%-d %B %Y}, 09:30" in page.content.decode()
        assert client("head-beckside").get("/calendar/").content.decode().count("Key Stage 2 results") >= 1
        assert browser.post(f"{base}postpone/", {"because": ""}).status_code == 422
        put_off = browser.post(f"{base}postpone/", {"because": "A late file"}, follow=True).content.decode()
        assert "the calendar says so" in put_off
        assert "put off, because: A late file" in put_off
        page = browser.post(f"{base}withdraw/", {"because": "The wrong file"}, follow=True).content.decode()
        assert "because: The wrong file" in page

    def test_what_was_typed_stays_and_the_problem_is_named(self, release: Release) -> None:
        """R22: a release scheduled in the past is refused in words."""
        browser, base = client(DATA, EDUNET), f"/releases/{release.pk}/"
        browser.post(f"{base}check/")
        for typed, words in (
            ({"day": "1/9/2019", "at": "09:30"}, "That time has passed"),
            ({"day": "soon", "at": "09:30"}, "Enter it as day, month and year"),
            ({"day": "1/9/2099", "at": "half nine"}, "Enter it as hours and minutes"),
            ({"day": "29/3/2099", "at": "01:30"}, "The clocks change in that hour"),
            ({"day": "", "at": ""}, "Enter the day on which it goes out."),
        ):
            response = browser.post(f"{base}schedule/", typed)
            text = response.content.decode()
            assert response.status_code == 422
            assert words in text
            assert "There is a problem" in text
            for value in filter(None, typed.values()):
                assert f'value="{value}"' in text or f'value="0{value}"' in text
        response = browser.post(f"{base}withdraw/", {"because": ""})
        assert response.status_code == 422
        assert "Say why it is withdrawn" in response.content.decode()

    def test_the_preparer_reads_why_not(self, release: Release) -> None:
        browser = client(ADMISSIONS, EDUNET)
        text = browser.get(f"/releases/{release.pk}/").content.decode()
        assert "Another officer has to check it" in text
        assert "It is right" not in text
        answer = browser.post(f"/releases/{release.pk}/check/", follow=True).content.decode()
        assert "You prepared this release" in answer

    def test_pressing_twice_is_harmless(self, release: Release) -> None:
        browser = client(DATA, EDUNET)
        browser.post(f"/releases/{release.pk}/check/")
        text = browser.post(f"/releases/{release.pk}/check/", follow=True).content.decode()
        assert "This release has moved on" in text

    def test_it_says_that_nobody_has_the_values_until_everybody_has(self, release: Release) -> None:
        """R22."""
        browser, path = client(DATA, EDUNET), f"/releases/{release.pk}/"
        assert "Nobody can see their values before it is out" in browser.get(path).content.decode()
        with as_batch():
            preparing.bring_out(release, by="Another officer", at=timezone.now() - timedelta(minutes=1))
        page = browser.get(path).content.decode()
        assert "Out since" in page
        assert "Nobody can see their values before it is out" not in page

    def test_a_step_needs_a_post_and_a_release(self, release: Release) -> None:
        """Where somebody comes back to the address of a form, after signing in anew, the release is there."""
        browser = client(DATA, EDUNET)
        for step, answer in (("check", 405), ("schedule", 200), ("postpone", 200), ("withdraw", 200)):
            assert browser.get(f"/releases/{release.pk}/{step}/").status_code == answer
            for number in (0, 10**12, 10**30):
                assert browser.post(f"/releases/{number}/{step}/").status_code == 404

    def test_homes_lead_there(self) -> None:
        assert 'href="/calendar/"' in client("governor-beckside").get("/").content.decode()
        assert 'href="/calendar/"' in client("officer-no-duty", EDUNET).get("/").content.decode()
        assert 'href="/releases/"' in client(DATA, EDUNET).get("/").content.decode()
        assert 'href="/releases/"' not in client("officer-no-duty", EDUNET).get("/").content.decode()
