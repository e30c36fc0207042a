"""Establishments from GIAS into the store: all or nothing, again without harm, conversions carried over (R4, A2)."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from access_register.models import RegisterLine
from sharing import door
from sharing.models import (
    Challenge,
    Enrolment,
    Establishment,
    LocalityMembership,
    Participation,
    Pupil,
    StaffMember,
)
from tests import factories
from tests.people import EDUNET, as_batch, asker, client, person
from tests.sharing.conversions import NEW, convert
from tests.sharing.gias_files import CLOSED, closed_on, gias_file, links_file, school, state

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("known_from_gias")]
SHARED = Path(__file__).parents[2].parent / "shared" / "data" / "gias"
BECKSIDE = 999002


class TestApplying:
    def test_a_new_school_is_there_for_both_sites(self, tmp_path: Path) -> None:
        """R3, R40: it takes part, the list of both front-ends shows it, an officer may open it."""
        call_command(
            "import_gias",
            gias_file(tmp_path, [school(100001, "O’Connell’s Primary School")]),
        )
        for slug, through in (("governor-beckside", None), ("officer-no-duty", EDUNET)):
            browser = client(slug, through) if through else client(slug)
            assert "O’Connell’s Primary School" in browser.get("/establishments/?named=connell").content.decode()
            assert browser.get("/establishments/100001/").status_code == 200

    def test_the_same_file_twice_changes_nothing(self, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
        path = gias_file(tmp_path, [school(100001), school(100002, "Other Primary School")])
        call_command("import_gias", path)
        before = {name: rows for name, rows in state().items() if name != "Import"}
        call_command("import_gias", path)
        assert {name: rows for name, rows in state().items() if name != "Import"} == before
        assert "Added: 0. Changed: 0. Unchanged: 2." in capsys.readouterr().out

    def test_closed_ones_are_asked_about_together(self, tmp_path: Path) -> None:
        """R4: a file of an authority has hundreds, and each was asked about three times in every import."""

        def statements(*urns: int) -> int:
            path = gias_file(tmp_path, [school(urn, **closed_on(date(2024, 8, 31))) for urn in urns])
            call_command("import_gias", path)
            with CaptureQueriesContext(connection) as queries:
                call_command("import_gias", path)
            return len(queries)

        assert statements(100001, 100002) == statements(*range(100001, 100007))

    def test_the_links_are_read_as_often_for_many_new_ones_as_for_one(self, tmp_path: Path) -> None:
        """R4: the first file of an authority brings two hundred, and all its links were read for each."""

        def times_read(*urns: int) -> int:
            with CaptureQueriesContext(connection) as queries:
                call_command("import_gias", gias_file(tmp_path, [school(urn) for urn in urns]))
            return sum('FROM "sharing_establishmentlink"' in query["sql"] for query in queries)

        assert times_read(100001) == times_read(100002, 100003, 100004)

    def test_a_change_is_a_change(self, tmp_path: Path) -> None:
        call_command("import_gias", gias_file(tmp_path, [school(100001)]))
        newer = gias_file(tmp_path, [school(100001, SchoolCapacity="210")], "edubasealldata20250301.csv")
        call_command("import_gias", newer)
        found = Establishment.objects.get(urn=100001)
        assert (found.capacity, found.as_of) == (210, date(2025, 3, 1))

    @pytest.mark.parametrize("column", ["CloseDate", "SchoolCapacity", "TelephoneNum", "ReligiousCharacter (name)"])
    def test_a_column_that_the_file_lacks_takes_nothing_away(
        self, tmp_path: Path, capsys: pytest.CaptureFixture, column: str
    ) -> None:
        """The Department adds and removes some every year, and every establishment here lost what it said: a closed one
        its last day too."""
        known = {"SchoolCapacity": "210", "TelephoneNum": "01274000000", "ReligiousCharacter (name)": "None"}
        closed = dict(zip(("EstablishmentStatus (code)", "EstablishmentStatus (name)"), CLOSED, strict=True))
        row = school(100001, **known, **closed, CloseDate="31-08-2024")
        call_command("import_gias", gias_file(tmp_path, [row]))
        before = Establishment.objects.get(urn=100001)
        newer = gias_file(tmp_path, [row | {"Town": "Shipley"}], "edubasealldata20250301.csv")
        newer.write_bytes(newer.read_bytes().replace(f'"{column}"'.encode(), b'"Renamed"'))
        capsys.readouterr()
        call_command("import_gias", newer)
        found = Establishment.objects.get(urn=100001)
        before.town, before.as_of = "Shipley", date(2025, 3, 1)
        assert {**vars(found), "_state": None} == {**vars(before), "_state": None}
        said = " ".join("".join(capsys.readouterr()).split())
        assert f"{column} - The file has no such column." in said

    def test_an_older_file_does_not_undo_a_newer_one(self, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
        call_command("import_gias", gias_file(tmp_path, [school(100001, SchoolCapacity="210")]))
        call_command("import_gias", gias_file(tmp_path, [school(100001)], "edubasealldata20240101.csv"))
        assert Establishment.objects.get(urn=100001).capacity == 210
        assert "newer file" in capsys.readouterr().out

    def test_la_keeps_to_one_authority(self, tmp_path: Path) -> None:
        rows = [school(100001), school(100002) | {"LA (code)": "383", "LA (name)": "Leeds"}]
        call_command("import_gias", gias_file(tmp_path, rows), la=380)
        assert set(Establishment.objects.filter(urn__lt=900000).values_list("urn", flat=True)) == {100001}

    def test_of_the_files_of_all_england_our_own_rows_are_read(self, tmp_path: Path) -> None:
        """Nobody could take 50,000 establishments out again."""
        rows = [school(100001), school(100002) | {"LA (code)": "383", "LA (name)": "Leeds"}]
        call_command("import_gias", gias_file(tmp_path, rows))
        assert set(Establishment.objects.filter(urn__lt=900000).values_list("urn", flat=True)) == {100001}

    def test_another_authoritys_schools_take_no_part(self, tmp_path: Path) -> None:
        """R2: they are stored, and nobody on Schools Online sees them."""
        call_command("import_gias", gias_file(tmp_path, [school(100002) | {"LA (code)": "383"}]), la=383)
        assert client("governor-beckside").get("/establishments/100002/").status_code == 404

    @pytest.mark.parametrize(
        ("type_code", "phase", "kind"),
        [
            ("01", "2", "primary"), ("02", "4", "secondary"), ("03", "2", "primary"), ("05", "4", "secondary"),
            ("07", "0", "special"), ("12", "0", "special"), ("14", "0", "pru"), ("15", "1", "nursery"),
            ("28", "4", "academy"), ("34", "2", "academy"), ("42", "0", "academy"), ("46", "4", "academy"),
            ("35", "2", "free"), ("36", "0", "free"), ("38", "0", "free"), ("39", "6", "free"), ("41", "4", "studio"),
            ("40", "4", ""), ("18", "6", ""), ("08", "0", ""), ("11", "0", ""), ("10", "0", ""), ("29", "0", ""),
        ],
    )  # fmt: skip
    def test_which_types_are_of_the_community(self, tmp_path: Path, type_code: str, phase: str, kind: str) -> None:
        """A2, R4: the listed types take part; the others are outside, and on nobody's list."""
        row = school(100001) | {
            "TypeOfEstablishment (code)": type_code, "TypeOfEstablishment (name)": "",
            "PhaseOfEducation (code)": phase, "PhaseOfEducation (name)": "",
        }  # fmt: skip
        call_command("import_gias", gias_file(tmp_path, [row]))
        found = Establishment.objects.get(urn=100001)
        assert found.kind == kind
        assert Establishment.objects.participating(timezone.localdate()).filter(pk=found.pk).exists() is bool(kind)

    def test_a_closed_school_takes_part_no_longer(self, tmp_path: Path) -> None:
        call_command("import_gias", gias_file(tmp_path, [school(100001)]))
        closing = timezone.localdate() - timedelta(days=1)
        with as_batch():
            Participation.objects.filter(establishment__urn=100001).update(starts_on=closing - timedelta(days=300))
        row = school(100001) | dict(
            zip(("EstablishmentStatus (code)", "EstablishmentStatus (name)"), CLOSED, strict=True)
        )
        call_command("import_gias", gias_file(tmp_path, [row | {"CloseDate": f"{closing:%d-%m-%Y}"}]))
        assert client("governor-beckside").get("/establishments/100001/").status_code == 404

    def test_an_establishment_that_excluded_itself_is_not_brought_back(self, tmp_path: Path) -> None:
        """R16: coming back needs the protocol accepted again, not a file."""
        larkroyd = Establishment.objects.get(urn=999004)
        row = school(999004, larkroyd.name) | {"EstablishmentNumber": "2903"}
        call_command("import_gias", gias_file(tmp_path, [row]), as_of=timezone.localdate())
        assert client("governor-beckside").get("/establishments/999004/").status_code == 404


class TestConversion:
    """An academy conversion carries register, Locality, pupils and staff over."""

    def test_everything_goes_on_at_the_successor(self, tmp_path: Path) -> None:
        head = asker("head-beckside")
        pupils = [(p.surname, p.forename) for p in door.list_pupils(head, BECKSIDE).page]
        staff = [s.surname for s in door.list_staff(head, BECKSIDE).page]
        with as_batch():
            lines = set(
                RegisterLine.objects.live_on(timezone.localdate())
                .filter(establishment__urn=BECKSIDE)
                .values_list("person__email", "level", "seat", "role")
            )
            locality = LocalityMembership.objects.get(establishment__urn=BECKSIDE).locality_id
        convert(tmp_path, timezone.localdate())

        assert [(p.surname, p.forename) for p in door.list_pupils(head, NEW).page] == pupils
        assert [s.surname for s in door.list_staff(head, NEW).page] == staff
        with as_batch():
            carried = set(
                RegisterLine.objects.live_on(timezone.localdate())
                .filter(establishment__urn=NEW)
                .values_list("person__email", "level", "seat", "role")
            )
            assert carried == lines
            now = LocalityMembership.objects.get(establishment__urn=NEW)
            assert (now.locality_id, now.starts_on, now.ends_on) == (locality, timezone.localdate(), None)
        page = client("head-beckside").get(f"/establishments/{NEW}/").content.decode()
        assert f"URN {BECKSIDE}" in page
        call_command("check_permissions")

    def test_who_is_known_there_by_its_own_return_is_one_person(self, tmp_path: Path) -> None:
        """R22: GIAS told of the new school first, and only later that it carries on. What is said to be wrong with the
        old record goes to the one that is there."""
        call_command("import_gias", gias_file(tmp_path, [school(NEW, EstablishmentNumber="2901")]))
        facts = {"surname": "Known", "person_index": "a" * 64}
        old, there = factories.staff_member(BECKSIDE, **facts), factories.staff_member(NEW, **facts)
        number = door.raise_challenge(
            asker("head-beckside"), BECKSIDE, "staff", old.pk, fact_key="name", statement="She has married."
        )
        convert(tmp_path, timezone.localdate())
        with as_batch():
            found = StaffMember.objects.in_post_on(timezone.localdate()).filter(person_index=facts["person_index"])
            assert [member.pk for member in found] == [there.pk]
            assert there.contracts.count() == 1
            assert Challenge.objects.get(pk=number).member == there

    def test_two_contracts_of_one_post_go_along(self, tmp_path: Path) -> None:
        """A2: neither can begin there on the first day of the new URN, since a post begins once on a day."""
        member, posts = factories.staff_member(BECKSIDE, surname="Twice"), {"kind": "PRM", "post": "Cook"}
        first_days = {date(2019, 9, 1), date(2021, 9, 1)}
        with as_batch():
            for day in first_days:
                member.contracts.create(establishment=member.establishment, starts_on=day, **posts)
        convert(tmp_path, timezone.localdate())
        with as_batch():
            there = StaffMember.objects.get(establishment__urn=NEW, surname="Twice").contracts.filter(**posts)
            assert set(there.values_list("starts_on", "ends_on")) == {(day, None) for day in first_days}

    def test_who_comes_back_on_the_first_day_has_been_here_before(self, tmp_path: Path) -> None:
        """A2, R22: a contract of years ago stays at the old URN, with its days; the new one begins at the new URN."""
        today, first, last = timezone.localdate(), date(2019, 9, 1), date(2022, 8, 31)
        member = factories.staff_member(BECKSIDE, surname="Back", starts_on=today)
        with as_batch():
            member.contracts.all().delete()
            for days in ({"starts_on": first, "ends_on": last}, {"starts_on": today}):
                member.contracts.create(establishment=member.establishment, kind="PRM", post="Cook", **days)
        convert(tmp_path, today)
        with as_batch():
            found = StaffMember.objects.filter(surname="Back").order_by("starts_on")
            told = [(one.establishment.urn, one.starts_on, one.ends_on, one.contracts.get().starts_on) for one in found]
        assert told == [(BECKSIDE, first, last, first), (NEW, today, None, today)]

    def test_the_old_urn_is_closed_to_everybody_from_the_first_day(self, tmp_path: Path) -> None:
        convert(tmp_path, timezone.localdate())
        for path in ("", "pupils/", "staff/", "register/"):
            assert client("head-beckside").get(f"/establishments/{BECKSIDE}/{path}").status_code == 404

    def test_an_old_bookmark_says_where_to_go(self, tmp_path: Path) -> None:
        """An officer reads at the old URN who carries on; its own people, that a new URN has new addresses."""
        convert(tmp_path, timezone.localdate())
        address = f"/establishments/{BECKSIDE}/"
        page = client("officer-no-duty", EDUNET).get(address).content.decode()
        assert "Followed by" in page
        assert f"Beckside Primary Academy (URN {NEW})" in page
        assert "Followed by" not in client("head-beckside").get(f"/establishments/{NEW}/").content.decode()
        page = client("head-beckside").get(address).content.decode()
        assert "carries on under a new URN, its pages get new addresses" in page

    def test_a_duty_for_the_locality_follows(self, tmp_path: Path) -> None:
        """R9: the officer's duty covers the successor, because it is in the Locality."""
        convert(tmp_path, timezone.localdate())
        assert door.list_pupils(asker("officer-school-improvement", EDUNET), NEW).page.total > 0

    def test_again_without_harm(self, tmp_path: Path) -> None:
        convert(tmp_path, timezone.localdate())
        before = {name: rows for name, rows in state().items() if name != "Import"}
        with as_batch():
            pupils = Pupil.objects.count(), StaffMember.objects.count()
        convert(tmp_path, timezone.localdate())
        assert {name: rows for name, rows in state().items() if name != "Import"} == before
        with as_batch():
            assert (Pupil.objects.count(), StaffMember.objects.count()) == pupils

    @pytest.mark.parametrize(
        ("successor", "link"),
        [
            pytest.param(999003, "Successor - merged", id="merged into a school that has its own head"),
            pytest.param(999003, "Successor", id="plain link to a school that was there before"),
            pytest.param(NEW, "Successor - amalgamated", id="amalgamated"),
            pytest.param(NEW, "Result of Amalgamation", id="not a successor at all"),
        ],
    )
    def test_one_schools_people_never_get_another_schools_children(
        self, tmp_path: Path, capsys: pytest.CaptureFixture, successor: int, link: str
    ) -> None:
        """R5, R35: a links file alone carries nobody onto the register of a school with a life of its own."""
        today = timezone.localdate()
        closed = closed_on(today - timedelta(days=1))
        opened = "01-09-1998" if successor == 999003 else f"{today:%d-%m-%Y}"
        rows = [
            school(BECKSIDE, EstablishmentNumber="2901", **closed),
            school(successor, "The Other Primary School", EstablishmentNumber="2902", OpenDate=opened),
        ]
        links = links_file(tmp_path, (BECKSIDE, successor, "x", link, ""))
        with as_batch():
            before = [
                list(model.objects.filter(establishment__urn=successor).order_by("pk").values())
                for model in (RegisterLine, Enrolment, StaffMember)
            ]
        call_command("import_gias", gias_file(tmp_path, rows), links=links, as_of=today)
        assert "To decide" in capsys.readouterr().out
        with as_batch():
            assert before == [
                list(model.objects.filter(establishment__urn=successor).order_by("pk").values())
                for model in (RegisterLine, Enrolment, StaffMember)
            ]
            assert Enrolment.objects.filter(establishment__urn=BECKSIDE).exists()

    def test_the_history_at_the_old_urn_stays(self, tmp_path: Path) -> None:
        """R8: what was true there is kept; it ends on the last day."""
        today = timezone.localdate()
        with as_batch():
            before = set(
                Enrolment.objects.filter(establishment__urn=BECKSIDE, starts_on__lt=today).values_list("pk", flat=True)
            )
        convert(tmp_path, today)
        with as_batch():
            after = Enrolment.objects.filter(establishment__urn=BECKSIDE)
            assert set(after.values_list("pk", flat=True)) == before
            assert not after.exclude(ends_on__lt=today).exists()

    def test_where_the_file_lacks_the_successor_a_file_that_has_it_carries_all_over(
        self, tmp_path: Path, capsys: pytest.CaptureFixture
    ) -> None:
        """R5, R35: the closed school's records are not ended, which cannot be undone, for want of a row."""
        today = timezone.localdate()
        closed = closed_on(today - timedelta(days=1))
        rows = [school(BECKSIDE, EstablishmentNumber="2901", **closed)]
        links = links_file(tmp_path, (BECKSIDE, NEW, "x", "Successor", ""))
        call_command("import_gias", gias_file(tmp_path, rows), links=links, as_of=today)
        said = capsys.readouterr().out
        assert f"{NEW} carries on for it, and is not in this file. If that belongs here, bring in a file" in said
        rows.append(school(NEW, "The Same Primary School", EstablishmentNumber="2901", OpenDate=f"{today:%d-%m-%Y}"))
        call_command("import_gias", gias_file(tmp_path, rows), links=links, as_of=today)
        assert f"Carried over to a successor: 1 ({BECKSIDE} to {NEW})" in capsys.readouterr().out
        with as_batch():
            assert RegisterLine.objects.filter(establishment__urn=NEW, withdrawn_at=None).exists()

    def test_a_merger_is_for_a_person_to_decide(self, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
        """Two establishments into one: who keeps the register is not the file's to say."""
        ravensgill = 999003
        today = timezone.localdate()
        closed = closed_on(today - timedelta(days=1))
        rows = [
            school(BECKSIDE, EstablishmentNumber="2901", **closed),
            school(ravensgill, EstablishmentNumber="2902", **closed),
            school(NEW, "The Merged Primary School", OpenDate=f"{today:%d-%m-%Y}"),
        ]
        links = links_file(
            tmp_path,
            (NEW, BECKSIDE, "x", "Predecessor - merged", ""),
            (NEW, ravensgill, "x", "Predecessor - merged", ""),
        )
        call_command("import_gias", gias_file(tmp_path, rows), links=links, as_of=today)
        assert capsys.readouterr().out.count("To decide") == 2
        with as_batch():
            assert not RegisterLine.objects.filter(establishment__urn=NEW).exists()


BAD_ROWS = [
    ("an unknown type", {"TypeOfEstablishment (code)": "99", "TypeOfEstablishment (name)": "Sky school"}, "TypeOf"),
    ("a URN that is no number", {"URN": "12A456"}, "URN"),
    ("a date that is none", {"OpenDate": "31-02-2020"}, "OpenDate"),
    ("a name too long to keep", {"EstablishmentName": "Long " * 60}, "EstablishmentName"),
]


class TestRefusing:
    def refuse(self, path: Path, **options: Any) -> str:
        """The message; and the store is what it was."""
        before = state()
        with pytest.raises(CommandError) as refused:
            call_command("import_gias", path, **options)
        assert state() == before
        assert "Nothing was changed." in str(refused.value)
        return str(refused.value)

    @pytest.mark.parametrize(("facts", "column"), [b[1:] for b in BAD_ROWS], ids=[b[0] for b in BAD_ROWS])
    def test_one_bad_row_refuses_the_file(self, tmp_path: Path, facts: dict[str, str], column: str) -> None:
        rows = [school(100001), school(100002, "Second Primary School") | facts]
        message = self.refuse(gias_file(tmp_path, rows))
        assert "row 3" in message
        assert column in message

    def test_an_establishment_entered_by_hand_is_not_overwritten(self, tmp_path: Path) -> None:
        """The children's centre is no row of GIAS: a row with its number is a mistake."""
        assert "another source" in self.refuse(gias_file(tmp_path, [school(999011)]))

    def test_a_duplicate_urn(self, tmp_path: Path) -> None:
        message = self.refuse(gias_file(tmp_path, [school(100001), school(100001)]))
        assert "row 3" in message
        assert "URN" in message

    def test_a_missing_column(self, tmp_path: Path) -> None:
        path = gias_file(tmp_path, [school(100001)])
        path.write_text(path.read_text("cp1252").replace("TypeOfEstablishment (code)", "Sort"), "cp1252")
        assert "TypeOfEstablishment (code)" in self.refuse(path)

    def test_a_wrong_encoding(self, tmp_path: Path) -> None:
        path = gias_file(tmp_path, [school(100001)])
        path.write_bytes(path.read_text("cp1252").encode("utf-16"))
        assert "encod" in self.refuse(path).lower() or "UTF-16" in self.refuse(path)

    def test_links_of_establishments_that_are_not_here_are_counted(
        self, tmp_path: Path, capsys: pytest.CaptureFixture
    ) -> None:
        """No row is dropped without a word."""
        links = links_file(
            tmp_path,
            (100001, 100009, "x", "Successor", ""),
            (100009, 100001, "x", "Predecessor", ""),
            (100008, 100009, "x", "Successor", ""),
        )
        for added in (2, 0):
            call_command("import_gias", gias_file(tmp_path, [school(100001)]), links=links)
            said = capsys.readouterr().out
            assert f"Links added: {added}. Passed over: 1, of establishments that are not here." in said

    def test_a_neighbouring_authoritys_are_outside_the_community(
        self, tmp_path: Path, capsys: pytest.CaptureFixture
    ) -> None:
        """P2: who asks for them has them stored, for the links, and they take no part."""
        rows = [school(100001), school(100002, **{"LA (code)": "383"})]
        call_command("import_gias", gias_file(tmp_path, rows), la=383)
        assert "Now taking part in the protocol: 0. Outside the community: 1." in capsys.readouterr().out

    def test_a_bad_links_file_refuses_the_establishments_too(self, tmp_path: Path) -> None:
        links = tmp_path / "links.csv"
        links.write_text("URN,Other\r\n1,2\r\n")
        assert "LinkURN" in self.refuse(gias_file(tmp_path, [school(100001)]), links=links)

    def test_a_file_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(CommandError, match="cannot be read"):
            call_command("import_gias", tmp_path / "none.csv")


@pytest.mark.skipif(not SHARED.exists(), reason="the public GIAS files are not beside this checkout")
class TestPublicFiles:
    def test_bradford(self, capsys: pytest.CaptureFixture) -> None:
        """The 227 establishments of Bradford: 210 of the community take part, 17 independents are outside."""
        call_command(
            "import_gias",
            SHARED / "edubasealldata_LA380_bradford_RECONSTRUCTED.csv",
            links=SHARED / "links_edubasealldata20250422.csv",
            la=380,
        )
        out = capsys.readouterr().out
        assert "Added: 227. Changed: 0. Unchanged: 0. Refused: 0." in out
        assert "taking part in the protocol: 210. Outside the community: 17." in out
        assert client("governor-beckside").get("/establishments/").content.decode().count("<tr") == 51

    def test_leeds_whole_and_again(self, capsys: pytest.CaptureFixture) -> None:
        """The one verbatim full layout: 140 columns, 771 rows; the second time nothing changes."""
        for expected in ("Added: 771.", "Added: 0. Changed: 0. Unchanged: 771."):
            call_command("import_gias", SHARED / "edubasealldata_LA383_leeds_2023-07.csv", la=383)
            assert expected in capsys.readouterr().out
        assert Establishment.objects.filter(la_code=383).count() == 771
        assert person("superuser").lines.count() == 0
