"""A School Census return into the store: all or nothing, again without harm, to its own establishment (R5, R22)."""

import io
import os
import re
from datetime import date
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sharing import door
from sharing.models import Attendance, Enrolment, Establishment, Import, Pupil, Term
from sharing.upn import make_upn
from tests import factories
from tests.people import as_batch, asker, client, looks_for
from tests.sharing import census_returns as returns
from tests.sharing.census_returns import SYNTHETIC, leaver, pupil

pytestmark = pytest.mark.django_db
SCHOOL, HEAD = 999999, "head-synthetic"
UPN, OTHER, THIRD = (make_upn(380, 2999, 2023, serial) for serial in (701, 702, 703))
ROBIN = {"UPN": UPN, "Surname": "Madeup", "Forename": "Robin"}


def document(*pupils: str, urn: int = SCHOOL, **header: str) -> str:
    """A return that names the Synthetic Primary School."""
    return returns.document(*pupils, **header).replace("999998", str(urn))


def state() -> dict[str, Any]:
    """Everything an import can touch; the encrypted columns as they stand on disk."""
    with as_batch(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relname LIKE 'sharing%' "
            "AND relkind IN ('r', 'p') AND NOT relispartition"
        )
        found = {}
        for (table,) in cursor.fetchall():
            cursor.execute(f"SELECT count(*) || ' ' || sum(hashtextextended(t::text, 0)) FROM {table} AS t")
            found[table] = cursor.fetchone()[0]
        return found


def named(surname: str) -> list[Pupil]:
    with as_batch():
        return list(Pupil.objects.filter(establishment__urn=SCHOOL, surname=surname))


class TestApplying:
    def test_the_head_sees_the_child_of_the_file(self, send, capsys: pytest.CaptureFixture) -> None:
        """One child's row: from a real file to the right eyes and no others (R5)."""
        call_command("import_census", send(document(pupil(**ROBIN))))
        assert "Pupils added: 1." in capsys.readouterr().out
        page = looks_for(client(HEAD), f"/establishments/{SCHOOL}/pupils/?named=madeup").content.decode()
        assert "Madeup, Robin" in page
        robin = named("Madeup")[0]
        page = door.show_pupil(asker(HEAD), SCHOOL, robin.pk)
        record = page.pupil
        assert (record.upn, record.year_group, page.needs.sen) == (UPN, "Year 1", "SEN support")
        assert (record.source, record.as_of) == ("School Census, spring 2026", date(2026, 1, 15))
        assert client("head-beckside").get(f"/establishments/999002/pupils/{robin.pk}/").status_code == 404

    def test_the_upn_is_not_in_clear_in_the_database(self, send) -> None:
        """R13."""
        call_command("import_census", send(document(pupil(**ROBIN))))
        with as_batch(), connection.cursor() as cursor:
            cursor.execute("SELECT string_agg(t::text, ' ') FROM sharing_pupil t WHERE surname = 'Madeup'")
            on_disk = cursor.fetchone()[0]
        assert "Madeup" in on_disk
        assert UPN not in on_disk
        assert UPN.encode().hex() not in on_disk

    def test_a_school_of_long_ago_with_the_same_number_is_not_asked_about(self, send) -> None:
        """GIAS gives no day of the closing of some that are old, and numbers are given out again."""
        with as_batch():
            old = Establishment.objects.get(urn=SCHOOL)
            old.pk, old.urn, old.status_code, old.close_date, old.goes_on_as = None, 100999, 2, None, None
            old.save()
        call_command("import_census", send(document(pupil(**ROBIN)).replace(f"<URN>{SCHOOL}</URN>", "")))
        assert named("Madeup")

    def test_the_same_file_twice_changes_nothing(self, send) -> None:
        path = send(document(pupil(**ROBIN), leaver(UPN=OTHER, LeavingDate="2025-12-19")))
        call_command("import_census", path)
        noted = {"sharing_import", "sharing_ledgerentry"}
        before = {table: rows for table, rows in state().items() if table not in noted}
        call_command("import_census", path)
        assert {table: rows for table, rows in state().items() if table not in noted} == before
        with as_batch():
            hashes = Import.objects.filter(kind="census").values_list("file_hash", flat=True)
            assert len(hashes) == 2
            assert len(set(hashes)) == 1

    def test_a_changed_fact_is_changed(self, send) -> None:
        call_command("import_census", send(document(pupil(**ROBIN))))
        call_command("import_census", send(document(pupil(**ROBIN | {"SENprovision": "E"}))))
        (robin,) = named("Madeup")
        with as_batch():
            assert robin.needs.sen_provision == "E"

    def test_the_sessions_of_a_term_leave_those_of_another(self, send) -> None:
        """R22: spring counts autumn, summer counts spring, of one school year."""
        sessions = returns.attendance("140", "I", "4")
        call_command("import_census", send(document(pupil(sessions, **ROBIN))))
        summer = {"Term": "SUM", "ReferenceDate": "2026-05-21"}
        call_command("import_census", send(document(pupil(sessions, **ROBIN), **summer)))
        (robin,) = named("Madeup")
        with as_batch():
            kept = Attendance.objects.filter(pupil=robin).order_by("term").values_list("academic_year", "term")
            assert list(kept) == [(2025, Term.AUTUMN), (2025, Term.SPRING)]

    def test_a_leaver_is_gone(self, send) -> None:
        """R8."""
        call_command("import_census", send(document(pupil(**ROBIN), pupil(UPN=OTHER, Surname="Staying"))))
        gone = leaver(**ROBIN | {"LeavingDate": "2026-01-14"})
        call_command("import_census", send(document(gone, pupil(UPN=OTHER, Surname="Staying"))))
        shown = {line.surname for line in door.list_pupils(asker(HEAD), SCHOOL).page}
        assert "Staying" in shown
        assert "Madeup" not in shown

    def test_a_child_known_elsewhere_is_the_same_child_with_a_record_of_its_own(self, send) -> None:
        """R5: a new record here, and the other establishment's untouched."""
        with as_batch():
            there = Pupil.objects.filter(establishment__urn=999002).earliest("born_on")
            before = (there.surname, there.needs.sen_provision, there.as_of)
        call_command("import_census", send(document(pupil(**ROBIN | {"UPN": there.upn, "DOB": f"{there.born_on}"}))))
        (here,) = named("Madeup")
        with as_batch():
            there = Pupil.objects.get(pk=there.pk)
            assert here.child_id == there.child_id
            assert (there.surname, there.needs.sen_provision, there.as_of) == before

    def test_pupils_that_are_not_in_the_file_stay_and_are_counted(self, send, capsys: pytest.CaptureFixture) -> None:
        with as_batch():
            before = Enrolment.objects.filter(establishment__urn=SCHOOL).count()
        call_command("import_census", send(document(pupil(**ROBIN))))
        assert "who are not in the file" in capsys.readouterr().out
        with as_batch():
            assert Enrolment.objects.filter(establishment__urn=SCHOOL).count() == before + 1

    def test_who_is_coming_or_a_guest_is_not_missing_from_it(self, send, capsys: pytest.CaptureFixture) -> None:
        """R5, P9: they are seen on that day, but they are not on roll, or no census has them."""
        day = date(2026, 1, 15)
        with as_batch():
            Enrolment.objects.filter(establishment__urn=SCHOOL).update(cancelled_at=timezone.now())
        guest, coming, here = (factories.pupil(SCHOOL, surname="Roll", forename=name) for name in ("G", "C", "H"))
        factories.enrolment(guest, day, kind="G")
        factories.enrolment(here, day)
        factories.transfer(coming, day, day)
        call_command("import_census", send(document(pupil(**ROBIN))))
        assert "Pupils on roll here who are not in the file: 1." in capsys.readouterr().out

    @pytest.mark.skipif(not SYNTHETIC.exists(), reason="the synthetic return is not beside this checkout")
    def test_the_synthetic_return(self, capsys: pytest.CaptureFixture) -> None:
        call_command("import_census", SYNTHETIC / "school_census_spring_2026_SYNTHETIC.xml")
        assert "Pupils added: 22." in capsys.readouterr().out
        call_command("import_census", SYNTHETIC / "school_census_spring_2026_SYNTHETIC.xml")
        assert "already the same: 22." in capsys.readouterr().out


BAD = {
    "a document type": ('<!DOCTYPE Message [<!ENTITY x "y">]>' + document(pupil()), "DOCTYPE"),
    "a bad UPN letter": (document(pupil(UPN="A380299924001")), "check letter"),
    "another authority's return": (document(pupil(), LEA="383"), "another authority"),
    "another establishment's number": (document(pupil(), Estab="2998"), "380/2998"),
    "an establishment outside the community": (document(pupil(), Estab="6901"), "380/6901"),
    "a date that is none": (document(pupil(DOB="2019-02-31")), "DOB"),
    "cut short": (document(pupil())[:-80], "cut short"),
    "the number of one establishment and the URN of another": (document(pupil(), Estab="2901"), "not the number"),
    "a URN that is not here": (document(pupil(), urn=999998), "not the number"),
    "a day that is still to come": (document(pupil(), ReferenceDate="2031-01-16", Year="2031"), "still to come"),
    "on roll and gone since the same day": (
        document(pupil(), leaver(LeavingDate="2025-12-19")),
        "same one is there twice",
    ),
    "nobody in it": (document(), "no pupils on roll"),
    "exploding entities": (
        '<!DOCTYPE Message [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>' + document(pupil(Surname="&b;")),
        "DOCTYPE",
    ),
    "another term than the day's": (document(pupil(), Term="AUT"), "is not in autumn"),
    "names in small letters": (document(pupil()).replace("PupilOnRoll>", "pupilonroll>"), "no pupils on roll"),
    "sessions below nothing": (
        document(pupil(returns.attendance("-4", "I", "0"))),
        "Sessions cannot be negative",
    ),
    "sessions past counting": (document(pupil(returns.attendance("9999", "I", "0"))), "a year does not have so many"),
    "two encodings in one file": (
        document(pupil(Surname="Zoë")).encode("utf-8") + document(pupil(Surname="Zoë")).encode("latin-1"),
        "damaged",
    ),
    "another encoding than it says": (
        ('<?xml version="1.0" encoding="utf-8"?>' + document(pupil(Surname="Zoë"))).encode("latin-1"),
        "damaged",
    ),
    "the same child twice": (document(pupil(), pupil(Forename="Ash")), "Pupil 1 of this file has the same UPN"),
    "a name too long to keep": (document(pupil(Surname="Long" * 40)), "100"),
}


class TestRefusing:
    @pytest.mark.parametrize("name", BAD)
    def test_it_says_why_and_changes_nothing(self, send, name: str) -> None:
        content, words = BAD[name]
        before = state()
        with pytest.raises(CommandError) as refused:
            call_command("import_census", send(content))
        assert words in str(refused.value)
        assert "Nothing was changed." in str(refused.value)
        assert state() == before

    def test_one_bad_pupil_refuses_all_of_them_and_no_upn_is_printed(self, send) -> None:
        before = state()
        bad = "B" + UPN[1:] if UPN[0] != "B" else "C" + UPN[1:]
        with pytest.raises(CommandError) as refused:
            call_command("import_census", send(document(pupil(UPN=OTHER), pupil(**ROBIN | {"UPN": bad}))))
        assert "row 2" in str(refused.value)
        assert bad not in str(refused.value)
        assert "Madeup" not in str(refused.value)
        assert state() == before

    def test_an_older_return_does_not_undo_a_newer_one(self, send) -> None:
        call_command("import_census", send(document(pupil(**ROBIN))))
        before = state()
        older = document(pupil(**ROBIN), Year="2025", Term="AUT", ReferenceDate="2025-10-02")
        with pytest.raises(CommandError, match="newer return"):
            call_command("import_census", send(older))
        assert state() == before


def test_a_child_who_looks_like_another_is_asked_about(send, capsys: pytest.CaptureFixture) -> None:
    """A UPN known here under another name and date of birth: imported, with a query."""
    call_command("import_census", send(document(pupil(**ROBIN))))
    call_command("import_census", send(document(pupil(**ROBIN | {"Surname": "Another", "DOB": "2018-01-02"}))))
    printed = capsys.readouterr().out
    assert "another surname and date of birth" in printed
    assert UPN not in printed


def test_another_apostrophe_is_not_another_child(send, capsys: pytest.CaptureFixture) -> None:
    """A date of birth put right, and the name exported with the apostrophe of another system."""
    call_command("import_census", send(document(pupil(**ROBIN | {"Surname": "O’Madeup"}))))
    call_command("import_census", send(document(pupil(**ROBIN | {"Surname": "O'Madeup", "DOB": "2018-01-02"}))))
    assert "another surname" not in capsys.readouterr().out


def test_every_group_of_the_return_is_kept(send) -> None:
    """R5, R13: what formats page 4.1 lists, encrypted where it says where a child lives."""
    call_command("import_census", send(document(pupil(returns.GROUPS + returns.FSM, **ROBIN))))
    (robin,) = named("Madeup")
    with as_batch():
        assert (robin.uln, robin.young_carer, robin.post_looked_after) == ("1234567890", "P", "A")
        assert robin.free_school_meals
        assert (robin.needs.sen_provision, robin.needs.in_sen_unit) == ("K", True)
        assert list(robin.senneed_rows.order_by("rank").values_list("need", flat=True)) == ["MLD", "ASD"]
        assert robin.homeaddress_rows.get().address == "Flat 2\n1 Fictional Street\nBradford\nBD1 1HY"
        suspension = robin.suspension_rows.get()
        assert (suspension.category, suspension.sessions, suspension.reasons) == ("SUSP", 4, ["PP", "DB"])
        assert robin.attendance_rows.get().term == 0
        assert robin.freemealsperiod_rows.count() == 2


def test_several_files_and_a_directory_each_all_or_nothing(send, capsys: pytest.CaptureFixture) -> None:
    good = send(document(pupil(**ROBIN)), "a.xml")
    send(document(), "b.xml")
    with pytest.raises(CommandError, match=r"1 of 2 files were refused: b\.xml"):
        call_command("import_census", good.parent, stderr=io.StringIO())
    assert "Pupils added: 1." in capsys.readouterr().out
    call_command("import_census", good, good)
    assert "already the same: 1." in capsys.readouterr().out


@pytest.fixture
def before() -> dict[str, Any]:
    """The store as every file finds it: whatever one has done is rolled back."""
    return state()


# The store is hashed after each file that is refused: 200 files in CI, 1,000 and more with CENSUS_EXAMPLES=1000.
@settings(
    max_examples=int(os.environ.get("CENSUS_EXAMPLES", "200")),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_a_damaged_file_is_imported_or_refused_and_never_half(
    send, before: dict[str, Any], data: st.DataObject
) -> None:
    """Any damage: a report, or a whole import; nothing else, and no traceback."""
    whole = document(
        pupil(returns.GROUPS + returns.FSM, FormerUPN=OTHER, **ROBIN),
        leaver(UPN=THIRD, LeavingDate="2025-12-19"),
    )
    damaged = data.draw(st.one_of(damage_of_bytes(whole), damage_of_values(whole)))
    with transaction.atomic():
        try:
            call_command("import_census", send(damaged), stdout=io.StringIO())
            refused = ""
        except CommandError as error:
            refused = str(error)
        if refused:
            assert "Nothing was changed." in refused
            assert UPN not in refused
            assert state() == before
        transaction.set_rollback(True)


def damage_of_bytes(whole: str) -> st.SearchStrategy[bytes]:
    """A stretch of the file replaced by anything."""
    content = whole.encode()
    return st.builds(
        lambda start, length, instead: content[:start] + instead + content[start + length :],
        st.integers(0, len(content) - 1),
        st.integers(0, 40),
        st.binary(max_size=12),
    )


def damage_of_values(whole: str) -> st.SearchStrategy[bytes]:
    """One value of the file replaced by one that is wrong in a way people and programs are."""
    values = [match.span(1) for match in re.finditer(">([^<>\n]+)<", whole)]
    wrong = st.one_of(
        st.sampled_from(
            ["", " ", "-1", "0", "99999", "2026-02-31", "31-02", "9999-12-31", "0001-01-01", "NULL", "x" * 300]
        ),
        st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="<&"), max_size=20),
        st.dates().map(str),
        st.integers(-40_000, 40_000).map(str),
    )
    return st.builds(
        lambda span, value: (whole[: span[0]] + value + whole[span[1] :]).encode(), st.sampled_from(values), wrong
    )
