"""The pages of bringing in files: who may, what they say, in which state (R22, R30, R33)."""

import re
import zipfile
from codecs import BOM_UTF8
from datetime import date, timedelta
from io import BytesIO

import pytest
from django.test import override_settings
from django.utils import timezone

from access_register import grants
from access_register.models import Duty
from sharing.days import day_in_words
from sharing.imports import running
from sharing.imports.outcomes import as_rows
from sharing.imports.problems import Problem
from sharing.imports.uploads import received
from sharing.models import Establishment, Import, LedgerEntry, ServiceRun
from sharing.service import service_runs
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, asker, client, person
from tests.sharing.imports.sending import as_file, now
from tests.sharing.imports.tiny import OFFICERS, TINY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tiny")]
BECKSIDE, RAVENSGILL = 999002, 999003
HERE = f"/establishments/{BECKSIDE}/imports/"
HEAD, OFFICER = "head-beckside", "officer-data"
LONGER = "This is taking longer than usual. Nothing is lost"

FACTS = {
    "report": {
        "title": "Tiny file of spring",
        "changes": [["Pupils who join", 12], ["Pupils who leave", 3]],
        "by_establishment": {str(BECKSIDE): [["Pupils who join", 12]], str(RAVENSGILL): [["Pupils who join", 0]]},
        "notes": ["A note."],
        "changes_nothing": False,
    },
    "problems": [
        {"row": 4, "field": "UPN", "value": "A•••••••••••1", "cure": "=Ask for another UPN.", "fatal": True},
        {"row": None, "field": "", "value": "", "cure": "Odd term.", "fatal": False},
    ],
}


def an_import(urn: int | None = BECKSIDE, state: str = "ready", **facts: object) -> int:
    place = Establishment.objects.get(urn=urn) if urn else None
    told = {
        "kind": "tiny",
        "file_name": "tiny.txt",
        "file_hash": f"{state:0<64}",
        "file_size": 2048,
        "by": "Ann Bringer",
        "as_of": timezone.localdate(),
        **FACTS,
        **facts,
    }
    with as_batch():
        return Import.objects.create(establishment=place, state=state, **told).pk


# Who, on which site -> the list, the upload page, one import, its report; of one's own school, of another, of all.
TABLE = """
                           site    list add  page report progress elsewhere all all-add all-page
head-beckside              schools ok   ok   ok   ok     ok       404       404 404     404
deputy-beckside            schools ok   ok   ok   ok     ok       404       404 404     404
teacher-beckside           schools 403  403  403  403    403      404       404 404     404
governor-beckside          schools 403  403  403  403    403      404       404 404     404
third-party-beckside       schools 403  403  403  403    403      404       404 404     404
head-ravensgill            schools 404  404  404  404    404      ok        404 404     404
teacher-ended              schools 404  404  404  404    404      404       404 404     404
superuser                  schools 404  404  404  404    404      404       404 404     404
officer-data               schools 404  404  404  404    404      404       404 404     404
officer-data               edunet  ok   ok   ok   ok     ok       ok        ok  ok      ok
officer-admissions         edunet  ok   ok   ok   ok     ok       ok        ok  ok      ok
officer-school-improvement edunet  403  403  403  403    403      403       403 403     403
officer-no-duty            edunet  403  403  403  403    403      403       403 403     403
officer-duty-ended         edunet  403  403  403  403    403      403       403 403     403
head-beckside              edunet  403  403  403  403    403      403       403 403     403
"""
HEADER, *ROWS = [line.split() for line in TABLE.strip().splitlines()]
WORDS = {200: "ok", 403: "403", 404: "404"}


@pytest.mark.parametrize("row", ROWS, ids=[f"{row[0]} on {row[1]}" for row in ROWS])
def test_who_sees_what(row: list[str]) -> None:
    """R33: Level 1 at its own school; officers under a duty; the whole authority under a duty for all of it."""
    slug, site, *expected = row
    number, of_all = an_import(), an_import(None)
    pages = {
        "list": HERE,
        "add": f"{HERE}add/",
        "page": f"{HERE}{number}/",
        "report": f"{HERE}{number}/report/",
        "progress": f"{HERE}{number}/progress/",
        "elsewhere": f"/establishments/{RAVENSGILL}/imports/",
        "all": "/imports/",
        "all-add": "/imports/add/",
        "all-page": f"/imports/{of_all}/",
    }
    assert list(pages) == HEADER[1:]
    through = EDUNET if site == "edunet" else SCHOOLS_ONLINE
    seen = [WORDS[client(slug, through).get(path).status_code] for path in pages.values()]
    assert seen == expected
    settled = client(slug, through).post(f"{HERE}{number}/settle/", {"what": "discard"}).status_code
    assert settled == {"ok": 302, "403": 403, "404": 404}[expected[0]]
    assert now(number).state == ("discarded" if expected[0] == "ok" else "ready")


def test_a_duty_for_a_part_does_not_open_the_files_of_all() -> None:
    """R9: whoever keeps the records of one Locality brings in those establishments' files, one by one."""
    of_all = an_import(None)
    with as_batch():
        duty = Duty.objects.get(appointment__person=person(OFFICER), data="keep_records")
        duty.whole_community = False
        duty.save()
        duty.establishments.set(Establishment.objects.filter(urn=BECKSIDE))
        grants.replace(f"duty:{duty.pk}", grants.of_duty(duty, timezone.localdate()))
    browser = client(OFFICER, EDUNET)
    assert [browser.get(path).status_code for path in (HERE, "/imports/", f"/imports/{of_all}/")] == [200, 403, 403]


def test_an_import_of_elsewhere_at_the_own_address() -> None:
    """R6: neither another school's nor the whole authority's number opens anything."""
    numbers = [an_import(RAVENSGILL), an_import(None)]
    for number in numbers:
        for page in ("", "report/", "progress/"):
            assert client(HEAD).get(f"{HERE}{number}/{page}").status_code == 404
        assert client(HEAD).post(f"{HERE}{number}/settle/", {"what": "apply"}).status_code == 404
        assert now(number).state == "ready"


def test_without_a_second_factor_nothing_is_brought_in() -> None:
    """R13."""
    browser = client(HEAD, second_factor=False)
    assert browser.post(f"{HERE}add/", {"kind": "tiny", "file": as_file("Ainsley\n")}).status_code == 302
    with as_batch():
        assert not Import.objects.filter(kind="tiny").exists()


class TestUploading:
    def upload(self, *files: BytesIO, slug: str = HEAD, through=SCHOOLS_ONLINE, path: str = f"{HERE}add/", **more: str):
        return client(slug, through).post(path, {"kind": "tiny", "file": list(files)} | more)

    def test_a_file_is_put_away_and_its_page_shown(self) -> None:
        response = self.upload(as_file("Ainsley\n"))
        with as_batch():
            row = Import.objects.get(kind="tiny")
            assert row.pieces.count() == 1
            entry = LedgerEntry.objects.filter(action="upload_import").get()
        assert (response.status_code, response["location"]) == (302, f"{HERE}{row.pk}/")
        assert (row.state, row.establishment.urn, row.by) == ("uploaded", BECKSIDE, asker(HEAD).name)
        assert (entry.outcome, entry.urn, entry.about["file"]) == ("changed", BECKSIDE, row.file_hash)

    def test_the_same_file_again_leads_to_the_same_page(self) -> None:
        first, second = self.upload(as_file("Ainsley\n")), self.upload(as_file("Ainsley\n"))
        assert first["location"] == second["location"]
        with as_batch():
            assert Import.objects.filter(kind="tiny").count() == 1

    def test_officers_bring_in_for_the_whole_authority(self) -> None:
        response = self.upload(as_file("Ainsley\n"), slug=OFFICER, through=EDUNET, path="/imports/add/")
        with as_batch():
            row = Import.objects.get(kind="tiny")
        assert response["location"] == f"/imports/{row.pk}/"
        assert row.establishment is None

    def test_a_school_does_not_bring_in_what_only_officers_do(self) -> None:
        response = self.upload(as_file("Ainsley\n"), kind=OFFICERS.slug)
        assert response.status_code == 422
        assert OFFICERS.name not in client(HEAD).get(f"{HERE}add/").content.decode()
        assert OFFICERS.name in client(OFFICER, EDUNET).get(f"{HERE}add/").content.decode()

    def test_several_files_become_one_zip_always_the_same(self) -> None:
        response = self.upload(as_file("A\n", "b.txt"), as_file("B\n", "a.txt"))
        again = self.upload(as_file("B\n", "a.txt"), as_file("A\n", "b.txt"))
        assert response["location"] == again["location"]
        with as_batch():
            assert Import.objects.get(kind="tiny").file_name == "2 files.zip"

    @pytest.mark.parametrize(
        ("files", "words"),
        [
            ([("", "empty.txt")], "is empty"),
            ([("a", "table.xlsx")], "is the wrong kind of file"),
            ([("a\0b", "tiny.txt")], "does not look like a TXT file"),
            ([("a", "tiny.zip")], "does not look like a ZIP file"),
            ([("PK\x03\x04", "tiny.txt")], "does not look like a TXT file"),
            ([("a", "one.txt"), ("b", "ONE.txt")], "have the same name"),
            ([("abcdefgh" * 200_000, "tiny.txt")], "At most 1 MB"),
            ([], "Choose a file."),
        ],
    )
    def test_what_is_not_taken(self, files: list[tuple[str, str]], words: str) -> None:
        """The person is told in their words, and nothing is put away."""
        with override_settings(LARGEST_IMPORT=1024 * 1024):
            response = self.upload(*[as_file(text, name) for text, name in files])
        assert response.status_code == 422
        assert words in response.content.decode()
        with as_batch():
            assert not Import.objects.filter(kind="tiny").exists()

    def test_several_files_of_a_kind_that_is_one(self) -> None:
        files = [as_file("A\n", "a.txt"), as_file("B\n", "b.txt")]
        response = self.upload(*files, slug=OFFICER, through=EDUNET, kind=OFFICERS.slug)
        assert "comes as one file" in response.content.decode()

    def test_a_zip_holds_the_files(self) -> None:
        first, second = as_file("A\n", "a.txt"), as_file("B\n", "b.txt")
        for file in (first, second):
            file.size = 2
        with (
            received([first, second], TINY) as upload,
            zipfile.ZipFile(BytesIO(b"".join(upload.pieces()))) as archive,
        ):
            assert {name: archive.read(name) for name in archive.namelist()} == {"a.txt": b"A\n", "b.txt": b"B\n"}


class TestOnePage:
    def page(self, number: int) -> str:
        return client(HEAD).get(f"{HERE}{number}/").content.decode()

    @pytest.mark.parametrize(
        ("state", "there", "not_there"),
        [
            ("uploaded", ["Waiting to be checked", "Refresh", "Discard"], ["Apply</button>"]),
            ("checking", ["Being checked", "40% done", "Refresh", "Discard"], ["Apply</button>"]),
            (
                "refused",
                ["Correct what is listed below in your system", "report/"],
                ["Apply</button>", "Discard</button>"],
            ),
            ("ready", ["Apply</button>", "Discard</button>", "What would change", "Pupils who join"], ["Refresh"]),
            ("to_apply", ["Waiting to be applied", "Refresh"], ["Apply</button>", "Discard</button>"]),
            ("applying", ["Being applied", "40% done"], ["Apply</button>", "Discard</button>"]),
            ("applied", ["What was changed"], ["Apply</button>", "Discard</button>", "Refresh"]),
            ("discarded", ["nothing was changed"], ["Apply</button>", "Discard</button>", "Refresh"]),
            ("failed", ["Something went wrong on our side"], ["Apply</button>", "Discard</button>", "Refresh"]),
        ],
    )
    def test_each_state_says_what_can_be_done(self, state: str, there: list[str], not_there: list[str]) -> None:
        page = self.page(an_import(state=state, progress=40))
        assert [words for words in there if words not in page] == []
        assert [words for words in not_there if words in page] == []

    def test_it_tells_the_file_the_changes_and_the_problems(self) -> None:
        page = self.page(an_import())
        for words in (
            "Tiny file of spring", "tiny.txt", "Ann Bringer", "A note.", "Beckside Primary School (999002)",
            "Ravensgill Primary School (999003)", "A•••••••••••1", "=Ask for another UPN.", "Odd term.",
            "Why can I see this?",
        ):  # fmt: skip
            assert words in page, words

    def test_the_script_is_told_when_to_stop(self) -> None:
        moving = client(HEAD).get(f"{HERE}{an_import(state='checking', progress=40)}/progress/")
        settled = client(HEAD).get(f"{HERE}{an_import(state='ready')}/progress/")
        assert (moving["X-Is-Moving"], settled["X-Is-Moving"]) == ("yes", "no")
        assert "40% done" in moving.content.decode()

    def test_where_no_worker_is_it_says_that_it_takes_longer(self) -> None:
        """R22: the page, and what its script asks for; not while it is worked on."""
        number, at_work = an_import(state="to_apply", progress=0), an_import(state="applying", progress=40)
        service_runs.record(ServiceRun.Job.WORKER)
        pages = [f"{HERE}{number}/", f"{HERE}{number}/progress/"]
        assert [LONGER in client(HEAD).get(page).content.decode() for page in pages] == [False, False]
        with as_batch():
            ServiceRun.objects.update(ended_at=timezone.now() - timedelta(minutes=6))
        assert [LONGER in client(HEAD).get(page).content.decode() for page in pages] == [True, True]
        assert LONGER not in self.page(at_work)

    def test_the_report_is_a_file_that_no_spreadsheet_runs(self) -> None:
        response = client(HEAD).get(f"{HERE}{an_import()}/report/")
        assert response["Content-Type"] == "text/csv; charset=utf-8"
        assert response["Content-Disposition"].startswith("attachment;")
        assert response.content.startswith(BOM_UTF8), "without it, Excel spoils each accent"
        assert response.content.decode("utf-8-sig").splitlines() == [
            "Row,Field,What the file says,Error or query,What to do",
            "4,UPN,A•••••••••••1,Error,'=Ask for another UPN.",
            ",,,Query,Odd term.",
        ]

    def test_apply_twice_is_harmless(self) -> None:
        number = an_import()
        browser = client(HEAD)
        for words in ("is being applied", "no longer waiting for that"):
            assert words in browser.post(f"{HERE}{number}/settle/", {"what": "apply"}, follow=True).content.decode()
        assert (now(number).state, now(number).settled_by) == ("to_apply", asker(HEAD).name)
        assert browser.get(f"{HERE}{number}/settle/").status_code == 405

    def test_it_says_until_when_it_waits_and_what_to_do_when_that_is_over(self) -> None:
        """R13, R22: a file left for three weeks was gone, and nothing had said that it would be."""
        number = an_import(finished_at=timezone.now())
        by = day_in_words(timezone.localdate() + timedelta(days=running.DAYS_TO_LOOK))
        assert f"Apply or discard this file by {by}." in self.page(number)
        with as_batch():
            running.discard_unlooked(timezone.now() + timedelta(days=running.DAYS_TO_LOOK))
            assert now(number).state == "ready"  # on the last day itself
            running.discard_unlooked(timezone.now() + timedelta(days=running.DAYS_TO_LOOK + 1))
        page = self.page(number)
        assert "Apply or discard this file by" not in page
        assert "the service, after a week" in page
        assert f'href="{HERE}add/?kind=tiny">upload it</a> again' in page

    def test_a_page_from_before_is_not_applied(self) -> None:
        """R22, R30: the file would do something else by now, and the page opened before still says what it said."""
        number = an_import(finished_at=timezone.now())
        (version,) = re.findall(r'name="version" value="(\w+)"', self.page(number))
        with as_batch():
            Import.objects.filter(pk=number).update(finished_at=timezone.now())
        sent = {"what": "apply", "version": version}
        said = client(HEAD).post(f"{HERE}{number}/settle/", sent, follow=True).content.decode()
        assert "Look again" in said
        assert now(number).state == "ready"
        client(HEAD).post(f"{HERE}{number}/settle/", {"what": "discard", "version": version})
        assert now(number).state == "discarded"

    def test_an_import_of_before_there_were_conversations(self) -> None:
        number = an_import(kind="gias", state="applied", report={"lines": ["3 establishments added."]}, problems=[])
        page = self.page(number)
        assert "3 establishments added." in page
        assert "Establishments (GIAS)" in page


class TestLists:
    def test_newest_first_with_who_when_what(self) -> None:
        an_import(state="applied", settled_by="Sue Settler")
        an_import(RAVENSGILL, file_name="elsewhere.txt")
        page = client(HEAD).get(HERE).content.decode()
        assert "tiny.txt" in page
        assert "Settled by Sue Settler" in page
        assert "elsewhere.txt" not in page

    def test_the_data_team_sees_all_of_them(self) -> None:
        for urn in (BECKSIDE, RAVENSGILL, None):
            an_import(urn)
        page = client(OFFICER, EDUNET).get("/imports/").content.decode()
        for words in ("Beckside Primary School", "Ravensgill Primary School", "The whole authority"):
            assert words in page

    def test_what_waits_is_found_among_what_came_the_same_evening(self) -> None:
        """R22, R30: 227 files make twelve pages. The home page says how many wait, and led to all of them."""
        an_import(None, file_name="waits.txt", as_of=date(2026, 1, 15))
        an_import(None, state="refused", file_name="refused.txt")
        an_import(None, state="applied", file_name="applied.txt")
        officer = client(OFFICER, EDUNET)
        assert 'href="/imports/?state=ready"' in officer.get("/").content.decode()
        for state, name in (("ready", "waits"), ("refused", "refused"), ("applied", "applied")):
            page = officer.get(f"/imports/?state={state}").content.decode()
            assert re.findall(r"the file (\w+)\.txt", page) == [name]
        for state in ("", "nonsense", "uploaded"):
            page = officer.get(f"/imports/?state={state}").content.decode()
            assert len(re.findall(r"the file (\w+)\.txt", page)) == 3
        assert "How it was on 15 January 2026, from the file waits.txt" in page

    def test_what_waits_is_on_the_home_page(self) -> None:
        for file in ("a", "b"):
            an_import(file_hash=file)
        an_import(state="refused")
        assert "2 imports to look at" in client(HEAD).get("/").content.decode()
        assert "<strong>2</strong> imports to look at" in client(OFFICER, EDUNET).get("/").content.decode()
        for slug, through in (("teacher-beckside", SCHOOLS_ONLINE), ("officer-no-duty", EDUNET)):
            page = client(slug, through).get("/").content.decode()
            assert "to look at" not in page
            assert "Bring in data" not in page

    def test_the_way_there(self) -> None:
        assert f'href="{HERE}"' in client(HEAD).get("/").content.decode()
        assert f'href="{HERE}"' in client(HEAD).get(f"/establishments/{BECKSIDE}/").content.decode()
        assert 'href="/imports/"' in client(OFFICER, EDUNET).get("/").content.decode()
        assert f'href="{HERE}"' not in client("teacher-beckside").get(f"/establishments/{BECKSIDE}/").content.decode()


def test_a_refused_file_is_uploaded_again_as_what_it_was() -> None:
    """R22, R30."""
    number = an_import(state="refused")
    page = client(HEAD).get(f"{HERE}{number}/").content.decode()
    again = f"{HERE}add/?kind=tiny"
    assert f'href="{again}"' in page
    assert "row 1 is its header" in page
    assert re.findall(r'value="(\w+)"[^>]* checked', client(HEAD).get(again).content.decode()) == ["tiny"]
    of_children = an_import(state="refused", file_name="a.XML", file_hash="1" * 64)
    assert "row 1 is the first child" in client(HEAD).get(f"{HERE}{of_children}/").content.decode()


def test_an_applied_file_leads_to_what_comes_next() -> None:
    number, of_all = an_import(state="applied"), an_import(None, state="applied")
    here, everywhere = client(HEAD).get(f"{HERE}{number}/"), client(OFFICER, EDUNET).get(f"/imports/{of_all}/")
    assert f'href="/establishments/{BECKSIDE}/data-quality/">what may be missing' in here.content.decode()
    assert 'href="/releases/">which ones need to be checked' in everywhere.content.decode()


def test_a_list_names_each_file_as_its_own_page_does() -> None:
    """R30: of three censuses that came at once, one can tell which school's each is, once it has been checked."""
    an_import(None)
    an_import(None, "uploaded", report={})
    listed = client(OFFICER, EDUNET).get("/imports/").text
    titles = re.findall(r'/imports/\d+/">([^<]+)<', listed)
    assert titles == [TINY.name, "Tiny file of spring"]


def test_the_way_back_to_the_list() -> None:
    """R30: the steps above a page lead to what was brought in, at the school and for the whole authority."""
    number = an_import()
    for page in (client(HEAD).get(f"{HERE}add/"), client(HEAD).get(f"{HERE}{number}/")):
        assert f'<a class="govuk-breadcrumbs__link" href="{HERE}">Bring in data</a>' in page.content.decode()
    page = client(OFFICER, EDUNET).get("/imports/add/").content.decode()
    assert '<a class="govuk-breadcrumbs__link" href="/imports/">Bring in data</a>' in page


def test_what_is_wrong_is_told_row_by_row() -> None:
    """R23: whoever mends a file goes through it once, from above; what is of the whole file comes first."""
    told = [
        Problem(5, "UPN", "", "b"),
        Problem(3, "Class", "", "c"),
        Problem(5, "Class", "", "d"),
        Problem(None, "", "", "a"),
    ]
    assert [(row["row"], row["cure"]) for row in as_rows(told)] == [(None, "a"), (3, "c"), (5, "b"), (5, "d")]
