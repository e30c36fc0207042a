"""Figures that are out are stopped at once, everywhere, and shown again by another person (R11, R12, R22, R43, R44)."""

import csv
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from io import BytesIO, StringIO

import pytest
from django.db import Error, transaction
from django.utils import timezone
from openpyxl import load_workbook

from sharing import door
from sharing.authorise import NeedsConfirmation, NoSuchRecord, NotAtYourLevel, Permission, visit
from sharing.authorise.holdings import Holdings
from sharing.door import CannotStop
from sharing.door.deeper import Question
from sharing.models import Figure, LedgerEntry, Release, Report, StatisticsCell
from sharing.records.figures import MeasureOfPlace
from sharing.records.reports import GOVERNORS
from sharing.reports.gathering import gather
from sharing.statistics_store.making import _scheduled
from tests import figures, open_statistics
from tests.access_register.duties import second_manager
from tests.factories import establishment
from tests.locks.switches import rows
from tests.measures import test_covered_figures as covering
from tests.measures.releases import BECKSIDE, CELLS, CODE, YEAR, officer, prepared, soon, state
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, as_owner, asker, client
from tests.reports.reading import lines_of, make

pytestmark = pytest.mark.django_db
MANAGER, GOVERNOR, WHY = "officer-information", "governor-beckside", "A figure is wrong"
READERS = [("head-beckside", SCHOOLS_ONLINE), (GOVERNOR, SCHOOLS_ONLINE), ("officer-no-duty", EDUNET)]


def manager(slug: str = MANAGER):
    return asker(slug, EDUNET)


def stopped(release: Release) -> None:
    door.stop_release(manager(), release.pk, because=WHY)


def a_week_ago(release: Release) -> None:
    """It was stopped then: within a test everything happens at one instant."""
    with as_batch():
        Release.objects.filter(pk=release.pk).update(state="scheduled")
        Release.objects.filter(pk=release.pk).update(state="stopped", stopped_at=timezone.now() - timedelta(days=8))


def out(**more: object) -> Release:
    with as_batch():
        return figures.out("ks2", YEAR, CELLS, **more)


def read_by(slug: str, through: str) -> list[float]:
    """What PostgreSQL itself lets the person read of the measure and year, with no filter of ours."""
    with visit(asker(slug, through), Permission.VIEW_ESTABLISHMENT, action="test") as here:
        here.showed()
        found = Figure.objects.filter(measure__code=CODE, release__academic_year=YEAR, value__isnull=False)
        return sorted(float(figure.value) for figure in found)


def of_fsm(measures: Iterable[MeasureOfPlace]) -> set[str]:
    """All that stands in the newest year of free school meals, but for what is not out."""
    (measure,) = [one for one in measures if one.code == "roll_fsm"]
    return {shown.text for shown in (measure.years[0].own, *measure.years[0].beside) if shown.origin}


class TestStopped:
    @pytest.mark.parametrize(("slug", "through"), READERS)
    def test_nobody_reads_them_from_the_next_request_on(self, slug: str, through: str) -> None:
        """R22, R44: nor the version before, whose figures would stand there again. PostgreSQL holds it by itself."""
        first = out(at=timezone.now() - timedelta(days=9))
        second = out()
        assert read_by(slug, through) == [61, 61, 65, 65]
        stopped(second)
        assert read_by(slug, through) == []
        assert [state(first), state(second)] == ["stopped", "stopped"]

    def test_a_sentence_stands_where_they_stood(self) -> None:
        """R22: on each page of figures, in files and in the history, with why, and on both sites."""
        figures.without_the_demonstrations()
        release = out()
        page = f"/establishments/{BECKSIDE}/key-data/"
        assert ">61%<" in client(GOVERNOR).get(page).content.decode()
        stopped(release)
        words = "Key Stage 2 results, 1999/00: these figures are not shown. They were stopped on"
        for slug, through in READERS:
            reader = client(slug, through)
            for path in (page, f"/establishments/{BECKSIDE}/deeper/?measure={CODE}", f"/calendar/ks2/{release.pk}/"):
                text = reader.get(path).content.decode()
                assert words in text, path
                assert f"Why they were stopped: {WHY}" in text
                assert "61%" not in text
            assert "stopped" in reader.get("/calendar/").content.decode()
            assert "<strong>Stopped</strong>" in reader.get("/calendar/ks2/").content.decode()
        book = load_workbook(BytesIO(client(GOVERNOR).get(f"{page}download/xlsx/").content), read_only=True)
        assert any(str(row[1]).startswith(words) for row in book["Notes"].iter_rows(values_only=True))

    @pytest.mark.parametrize("path", ["key-data/download/csv/", f"deeper/download/csv/?measure={CODE}"])
    def test_a_row_in_the_csv(self, path: str) -> None:
        """R22, R31: a file without notes says it too, in the column of the status; the figures are not available."""
        figures.without_the_demonstrations()
        with as_batch():
            figures.out("ks2", YEAR + 1, CELLS)
        release = out()
        stopped(release)
        for slug, through in READERS:
            sent = client(slug, through).get(f"/establishments/{BECKSIDE}/{path}").content.decode("utf-8-sig")
            (row,) = [row for row in csv.DictReader(StringIO(sent)) if "Why they were stopped" in row["status"]]
            assert row["status"].startswith("Key Stage 2 results, 1999/00: these figures are not shown.")
            assert (row["time_period"], row["dataset"]) == ("199900", "Key Stage 2 results")
            assert (row["school_urn"], row["figure_of"], row[CODE]) == (str(BECKSIDE), "", "x")
            meta = client(slug, through).get(f"/establishments/{BECKSIDE}/{path.replace('csv', 'meta')}").content
            assert b"x, in a row whose status says so: These figures were stopped." in meta

    def test_a_row_in_the_csv_says_nothing_of_other_figures(self) -> None:
        """R22, R31: of a measure of another dataset "x" would say that none is out, beside the row that has it."""
        figures.without_the_demonstrations()
        with as_batch():
            figures.out("roll", YEAR, {(BECKSIDE, "roll_pupils"): 212})
        stopped(out())
        sent = client(GOVERNOR).get(f"/establishments/{BECKSIDE}/key-data/download/csv/").content.decode()
        (row,) = [row for row in csv.DictReader(StringIO(sent)) if "Why they were stopped" in row["status"]]
        assert row["roll_pupils"] == "z"

    @pytest.mark.usefixtures("pango")
    def test_a_report_with_them_is_given_to_nobody(self) -> None:
        """R22, R31: the one that was made is gone at once; the next one says why they are missing."""
        figures.without_the_demonstrations()
        with as_batch():
            figures.out("ks2", YEAR + 1, CELLS)
        release, path = out(), f"/establishments/{BECKSIDE}/reports/governors/"
        reader = client(GOVERNOR)
        make(BECKSIDE, GOVERNORS)
        assert reader.get(path)["content-type"] == "application/pdf"
        stopped(release)
        assert reader.get(path).get("content-type") != "application/pdf"
        make(BECKSIDE, GOVERNORS)
        said = " ".join(lines_of(reader.get(path).content))
        assert f"Why they were stopped: {WHY}" in said
        assert "these figures are not shown" in reader.get(f"/establishments/{BECKSIDE}/reports/").content.decode()
        with visit(asker(GOVERNOR), Permission.VIEW_ESTABLISHMENT, action="test") as here:
            here.showed()
            assert not Report.objects.filter(kind=GOVERNORS, state="made", releases__contains=[release.pk]).exists()

    def test_open_statistics_too(self) -> None:
        """R11, R44: their pages and files on both sites, and their cells in PostgreSQL."""
        with as_batch():
            release = open_statistics.out()
        browser = client(GOVERNOR)
        assert browser.get("/statistics/pupils_place_phase_year/").status_code == 200
        stopped(release)
        assert browser.get("/statistics/pupils_place_phase_year/").status_code == 404
        assert "these figures are not shown" in browser.get("/statistics/").content.decode()
        with visit(asker(GOVERNOR), Permission.VIEW_ESTABLISHMENT, action="test") as here:
            here.showed()
            assert not StatisticsCell.objects.filter(release=release.pk).exists()

    @pytest.mark.usefixtures("nothing_released")  # the demonstration's own may be of a later year
    @pytest.mark.parametrize("path", ["pupils_place_phase_year", "establishments/establishments_fsm"])
    def test_at_the_address_of_a_table(self, path: str) -> None:
        """R22, R31: it says why the figures are not shown, on the page and instead of a file; to who shares with nobody
        and of a table that never was it says nothing."""
        with as_batch():
            release = open_statistics.out()
        stopped(release)
        for ending in ("", f"?year={open_statistics.YEAR}", "download/csv/", "download/xlsx/"):
            for slug, through in READERS:
                answer = client(slug, through).get(f"/statistics/{path}/{ending}")
                assert answer.status_code == 404
                assert f"Why they were stopped: {WHY}" in answer.content.decode(), ending
            assert WHY not in client("head-larkroyd").get(f"/statistics/{path}/{ending}").content.decode()
            assert WHY not in client(GOVERNOR).get(f"/statistics/{path}_before/{ending}").content.decode()

    @pytest.mark.usefixtures("nothing_released")  # the demonstration's own may be of a later year
    @pytest.mark.parametrize("path", ["pupils_place_phase_year", "establishments/establishments_fsm"])
    def test_no_other_year_in_its_place(self, path: str) -> None:
        """R22, R31: asked for a stopped year, no page and no file is of another; asked for none, the page says it, and
        no file is of an earlier one, since it could not. The stop of an earlier year keeps no file back."""
        with as_batch():
            release, earlier = open_statistics.out(), open_statistics.out(open_statistics.YEAR - 1)
        stopped(release)
        browser, year = client(GOVERNOR), f"?year={open_statistics.YEAR}"
        files = "download/csv/", "download/xlsx/", "download/meta/"
        for ending in (year, *files, *(f"{file}{year}" for file in files)):
            answer = browser.get(f"/statistics/{path}/{ending}")
            assert answer.status_code == 404
            assert f"Why they were stopped: {WHY}" in answer.content.decode(), ending
        newest, asked = (browser.get(f"/statistics/{path}/{of}") for of in ("", f"?year={earlier.academic_year}"))
        for page in (newest, asked):
            assert f"Release R{earlier.pk}:" in page.content.decode()
        assert f"Why they were stopped: {WHY}" in newest.content.decode()
        assert WHY not in asked.content.decode()
        for file in files:
            assert browser.get(f"/statistics/{path}/{file}?year={earlier.academic_year}").status_code == 200
        with as_batch():
            open_statistics.out()
        stopped(earlier)
        assert [browser.get(f"/statistics/{path}/{file}").status_code for file in files] == [200] * 3

    def test_the_home_page_of_who_can_do_something_reminds_of_them(self) -> None:
        """R22, R40: the information manager's and that of who runs releases, until a later version is out; each year
        once, and nobody else's."""
        figures.without_the_demonstrations()
        first = out(at=timezone.now() - timedelta(days=9))
        second = out()
        said = 'href="/calendar/ks2/{}/">Key Stage 2 results, 1999/00</a> have been stopped since'
        stopped(second)
        for slug in (MANAGER, "officer-data"):
            page = client(slug, EDUNET).get("/").content.decode()
            assert said.format(second.pk) in page
            assert said.format(first.pk) not in page
        assert "have been stopped since" not in client("officer-no-duty", EDUNET).get("/").content.decode()
        with as_batch():
            figures.out("ks2", YEAR, CELLS)
        assert "have been stopped since" not in client(MANAGER, EDUNET).get("/").content.decode()

    def test_what_they_said_stays_known(self) -> None:
        """R11, R12: the whole number that a stopped protected one stands for does not come back, by either lock; and
        open statistics made later are tried beside the stopped ones."""
        figures.without_the_demonstrations()
        with as_batch():
            covering.whole(dataset="roll")
            release = covering.statistics()
        reads = [covering.read_by(slug) for slug in (covering.HEAD, covering.GOVERNOR, covering.STRANGER)]
        assert [bool(read) for read in reads] == [True, False, False]
        stopped(release)
        assert [covering.read_by(slug) for slug in (covering.HEAD, covering.GOVERNOR, covering.STRANGER)] == reads
        for slug in (covering.GOVERNOR, covering.STRANGER):
            found = door.show_key_data(asker(slug), BECKSIDE)
            assert [m.years[0].own.text for m in found.measures if m.code == "roll_pupils"] == ["Withheld"]
        with as_batch():
            assert [one.pk for one in _scheduled(covering.YEAR)] == [release.pk]

    def test_what_stood_beside_them_does_not_come_back_in_whole(self) -> None:
        """R11, R31: the whole figure of an area stands in no row of a protected number, also while that is stopped:
        on Key Data, in the report for governors whoever gathers it, and on Deeper Data. Who sees the pupils reads both
        in whole."""
        figures.without_the_demonstrations()
        with as_batch():
            figures.out("roll", covering.YEAR, {(BECKSIDE, "roll_fsm"): 73, ("authority", "roll_fsm"): 24})
            release = covering.statistics()
        stopped(release)
        with as_batch():
            (made,) = gather(establishment(BECKSIDE).pk, timezone.localdate(), GOVERNORS)
        with visit(asker(GOVERNOR), Permission.VIEW_ESTABLISHMENT, BECKSIDE, action="test") as here:
            (said,) = gather(here.establishment.pk, here.today, GOVERNORS)
            here.showed()
        assert made.fingerprint == said.fingerprint
        for slug in (GOVERNOR, covering.STRANGER):
            found = door.show_key_data(asker(slug), BECKSIDE)
            assert of_fsm(found.measures) == of_fsm(made.measures) == {"Withheld"}
            deeper = door.show_deeper(asker(slug), BECKSIDE, Question(measure="roll_fsm", year=covering.YEAR))
            assert "24" not in str([cell.text for row in deeper.rows for cell in row.cells])
        assert of_fsm(door.show_key_data(asker(covering.HEAD), BECKSIDE).measures) == {"73.0%", "24.0%"}

    def test_a_later_version_takes_their_place(self) -> None:
        """R22: prepared, checked and scheduled by others as ever; then the sentence goes."""
        release = out()
        stopped(release)
        corrected = prepared(cells={(BECKSIDE, CODE): 64})
        door.check_release(officer(), corrected.pk)
        assert door.show_release(officer(), corrected.pk).earlier_version == release.version
        door.schedule_release(officer(), corrected.pk, at=soon())
        with as_batch():
            Release.objects.filter(pk=corrected.pk).update(goes_out_at=timezone.now() - timedelta(minutes=1))
        assert read_by(GOVERNOR, SCHOOLS_ONLINE) == [64]
        page = client(GOVERNOR).get(f"/establishments/{BECKSIDE}/key-data/").content.decode()
        assert "these figures are not shown" not in page
        assert "64%" in page
        past = client(GOVERNOR).get(f"/calendar/ks2/{release.pk}/").content.decode()
        assert "these figures are not shown" in past
        assert "61%" not in past

    def test_what_comes_after_them_is_compared_with_what_readers_had(self) -> None:
        """R22: what somebody else prepared in between counts as a difference, as nobody may have checked it."""
        release = out()
        stopped(release)
        prepared()
        assert door.show_release(officer(), prepared().pk).earlier_version == release.version

    def test_no_earlier_version_takes_their_place(self) -> None:
        """R22: one that waited to be scheduled when the later one came out could come out once that was stopped."""
        earlier = prepared()
        door.check_release(officer(), earlier.pk)
        later = out()
        for _ in range(2):
            with pytest.raises(door.CannotRelease, match="Withdraw this one"):
                door.schedule_release(officer(), earlier.pk, at=soon())
            if state(later) == "scheduled":
                stopped(later)

    def test_a_later_version_that_waits_for_its_day_comes_as_planned(self) -> None:
        """R22: only what is out is stopped."""
        release, to_come = out(), prepared()
        door.check_release(officer(), to_come.pk)
        door.schedule_release(officer(), to_come.pk, at=soon())
        stopped(release)
        assert [state(release), state(to_come)] == ["stopped", "scheduled"]

    def test_no_comparators_that_were_made_of_them(self) -> None:
        """R11, R22: a version that was prepared while they were out holds them, and nobody has checked it since."""
        cells = {("authority", CODE): 61}
        with as_batch():
            first, second = figures.out("comparators", YEAR, cells), figures.release("comparators", YEAR, cells)
            Release.objects.filter(pk=second.pk).update(prepared_at=timezone.now() - timedelta(days=1))
        stopped(first)
        door.check_release(officer(), second.pk)
        with pytest.raises(door.CannotRelease, match="holds figures that were stopped"):
            door.schedule_release(officer(), second.pk, at=soon())
        door.show_release_again(manager(second_manager()), first.pk)
        door.schedule_release(officer(), second.pk, at=soon())

    def test_comparators_that_were_made_of_them_and_wait_for_their_day_are_put_off(self) -> None:
        """R11, R22: their figures would come out again on that day. Everybody reads why."""
        cells = {("authority", CODE): 61}
        with as_batch():
            first, second = figures.out("comparators", YEAR, cells), figures.release("comparators", YEAR, cells)
            Release.objects.filter(pk=second.pk).update(prepared_at=timezone.now() - timedelta(days=1))
        day = soon()
        door.check_release(officer(), second.pk)
        door.schedule_release(officer(), second.pk, at=day)
        stopped(first)
        assert [state(first), state(second)] == ["stopped", "checked"]
        with as_batch():
            second.refresh_from_db()
        assert (second.announced_for, second.put_off_because) == (day, WHY)
        with pytest.raises(door.CannotRelease, match="holds figures that were stopped"):
            door.schedule_release(officer(), second.pk, at=soon())
        door.show_release_again(manager(second_manager()), first.pk)
        door.schedule_release(officer(), second.pk, at=soon())


class TestShownAgain:
    def test_by_another_manager(self) -> None:
        """R43: never by the one who stopped them; the ledger has each step and the refusal."""
        release = out()
        stopped(release)
        with pytest.raises(CannotStop, match="Another information manager"):
            door.show_release_again(manager(), release.pk)
        door.show_release_again(manager(second_manager()), release.pk)
        with as_batch():
            release.refresh_from_db()
        assert (release.state, release.stopped_at, release.stopped_because) == ("scheduled", None, "")
        assert read_by(GOVERNOR, SCHOOLS_ONLINE) == [61, 65]
        with as_batch():
            told = LedgerEntry.objects.filter(action__in=("stop_release", "show_release_again")).order_by("id")
            assert list(told.values_list("action", "outcome")) == [
                ("stop_release", "changed"), ("show_release_again", "refused"), ("show_release_again", "changed"),
            ]  # fmt: skip

    def test_who_has_stopped_them_and_who_reads_of_it_learn_how_they_come_back(self) -> None:
        """R22: on the page that the manager lands on, which has no button for them any more."""
        release = out()
        path, told = f"/calendar/ks2/{release.pk}/", "can show them again. A corrected version takes their place"
        assert told not in client(MANAGER, EDUNET).get(path).text
        stopped(release)
        assert told in client(MANAGER, EDUNET).get(path).text
        assert told in client(GOVERNOR).get(path).text

    def test_only_what_was_stopped_together(self) -> None:
        """R11: an earlier version that was stopped by itself, because a child can be found in it, stays so."""
        first = out(at=timezone.now() - timedelta(days=9))
        stopped(first)
        a_week_ago(first)
        second = out()
        stopped(second)
        door.show_release_again(manager(second_manager()), second.pk)
        assert [state(first), state(second)] == ["stopped", "scheduled"]

    def test_all_that_was_stopped_together_whichever_is_asked_for(self) -> None:
        """R22: what is stopped of another year has nothing to do with it."""
        first, second = out(at=timezone.now() - timedelta(days=9)), out()
        with as_batch():
            others = [figures.out("ks2", YEAR - 1, CELLS) for _ in range(3)]
        stopped(others[-1])
        a_week_ago(others[-1])
        stopped(second)
        door.show_release_again(manager(second_manager()), first.pk)
        assert [state(first), state(second), state(others[-1])] == ["scheduled", "scheduled", "stopped"]

    def test_no_earlier_version_while_a_later_one_is_stopped(self) -> None:
        """R22, R43: it would stand there in place of its correction, shown by the one who stopped that."""
        first = out(at=timezone.now() - timedelta(days=9))
        other = manager(second_manager())
        door.stop_release(other, first.pk, because=WHY)
        a_week_ago(first)
        second = out()
        stopped(second)
        with pytest.raises(CannotStop, match="A later version of these figures is stopped"):
            door.show_release_again(manager(), first.pk)
        assert [state(first), state(second)] == ["stopped", "stopped"]
        door.show_release_again(other, second.pk)
        door.show_release_again(manager(), first.pk)
        assert read_by(GOVERNOR, SCHOOLS_ONLINE) == [61, 61, 65, 65]

    def test_twice_and_not_yet_out(self) -> None:
        release, to_come = out(), prepared()
        with pytest.raises(CannotStop, match="Say why"):
            door.stop_release(manager(), release.pk, because=" ")
        with pytest.raises(CannotStop, match="in the meantime"):
            door.show_release_again(manager(), release.pk)
        stopped(release)
        with pytest.raises(CannotStop, match="in the meantime"):
            stopped(release)
        with pytest.raises(NoSuchRecord):
            stopped(to_come)
        with pytest.raises(door.CannotRelease, match="moved on"):
            door.withdraw_release(officer(), release.pk, because="No")


class TestWhoStops:
    OTHERS = [
        ("officer-data", EDUNET), ("officer-no-duty", EDUNET), ("officer-duty-ended", EDUNET),
        ("head-beckside", SCHOOLS_ONLINE), (MANAGER, SCHOOLS_ONLINE), ("superuser", SCHOOLS_ONLINE),
    ]  # fmt: skip

    @pytest.mark.parametrize(("slug", "through"), OTHERS)
    def test_nobody_else(self, slug: str, through: str) -> None:
        """R9, R45: the information manager, on EduNet. PostgreSQL says the same."""
        release = out()
        who = asker(slug, through)
        for act in (
            lambda: door.stop_release(who, release.pk, because=WHY),
            lambda: door.show_release_again(who, release.pk),
        ):
            with pytest.raises(NotAtYourLevel):
                act()
        with transaction.atomic():
            Holdings.announced(who)
            assert rows("SELECT portal_stop_release(%s, 'x')", release.pk) == [("nothing there",)]
            assert rows("SELECT portal_show_release_again(%s)", release.pk) == [("nothing there",)]
            transaction.set_rollback(True)
        assert state(release) == "scheduled"

    def test_on_the_page_of_the_release(self) -> None:
        """One manager alone, with a fresh confirmation; whoever else reads the page has no form there."""
        release = out()
        path = f"/calendar/ks2/{release.pk}/"
        assert "Stop showing these figures" not in client("officer-admissions", EDUNET).get(path).content.decode()
        browser = client(MANAGER, EDUNET)
        assert "Stop showing these figures" in browser.get(path).content.decode()
        assert browser.post(f"{path}stop/", {"because": ""}).status_code == 422
        done = browser.post(f"{path}stop/", {"because": WHY}, follow=True).content.decode()
        assert "Nobody can read these figures any more" in done
        assert "Show these figures again" not in done
        other = client(second_manager(), EDUNET).get(path).content.decode()
        assert "Show these figures again" in other
        refused = browser.post(f"{path}show-again/", follow=True).content.decode()
        assert "You have stopped these figures" in refused
        meanwhile = client(second_manager(), EDUNET).post(f"{path}show-again/", {"version": "another"}, follow=True)
        assert "Somebody has stopped these figures, or shown them again, in the meantime." in meanwhile.text
        assert state(release) == "stopped"
        assert client("officer-admissions", EDUNET).post(f"{path}stop/", {"because": WHY}).status_code == 403
        assert client("head-beckside").post(f"{path}stop/", {"because": WHY}).status_code == 404

    def test_a_confirmation_comes_first(self) -> None:
        release = out()
        with pytest.raises(NeedsConfirmation):
            door.stop_release(replace(manager(), confirmed_lately=False), release.pk, because=WHY)


class TestNothingElseChanges:
    @pytest.mark.parametrize("writer", [as_batch, as_owner])
    def test_of_a_release_that_is_out_or_stopped(self, writer) -> None:
        """R22: it is stopped, and nothing of it is another; what is not out is not stopped."""
        release, to_come = out(), prepared()
        stopped_as = {"state": "stopped", "as_of": "2001-01-01"}
        for pk, change in ((release.pk, stopped_as), (to_come.pk, {"state": "stopped"})):
            with pytest.raises(Error, match=r"never changes|cannot go from"), transaction.atomic(), writer():
                Release.objects.filter(pk=pk).update(**change)
        stopped(release)
        for change in ({"state": "withdrawn"}, {"goes_out_at": soon()}, {"state": "scheduled", "version": 9}):
            with pytest.raises(Error, match="never changes"), transaction.atomic(), writer():
                Release.objects.filter(pk=release.pk).update(**change)
