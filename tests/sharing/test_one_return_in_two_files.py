"""One School Census as the files of its schools and as COLLECT's export of all: the store is the same afterwards.

So it is whatever the order of the pupils, and where a school corrects its return and then sends the first one again.
"""

import random
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from sharing.imports import census, collect
from sharing.models import (
    Attendance,
    Enrolment,
    FreeMealsPeriod,
    HomeAddress,
    Pupil,
    PupilChange,
    PupilNeeds,
    SenNeed,
    Suspension,
)
from sharing.roles import BATCH, acting_as
from sharing.upn import make_upn
from tests.people import as_batch
from tests.sharing import census_returns
from tests.sharing.collect_export import Export

pytestmark = pytest.mark.django_db
NUMBERS = (2901, 4901)  # Beckside and Oxenby
DAYS = {"autumn": date(2025, 10, 2), "spring": date(2026, 1, 15), "summer": date(2026, 5, 21)}
COUNTED = {"autumn": date(2025, 4, 20), "spring": date(2025, 9, 8), "summer": date(2026, 1, 8)}  # in the term counted
PARTS: tuple[Any, ...] = (Enrolment, PupilNeeds, SenNeed, FreeMealsPeriod, Attendance, Suspension, HomeAddress)
NOT_TOLD = {"id", "child", "pupil", "establishment", "upn_index", "facts_index", "cancelled_at"}
Child = dict[str, Any]

ON_ROLL_ALONE = {
    "enrolstatus": ["C", "M", "S", "G"], "ncyearactual": ["", "1", "R"], "senprovision": ["", "N", "K"],
    "senunitindicator": ["", "1", "0"], "resourcedprovisionindicator": ["", "true"], "servicechild": ["", "Y", "N"],
}  # fmt: skip
FACTS = {
    "surname": ["Madeup", "O'Madeup", "D  Éé"], "middlenames": ["", "Two  Words"], "preferredsurname": ["", "Other"],
    "sex": ["F", "M"], "ethnicity": ["", "WBRI", "apkn"], "language": ["", "ENG", "urd"],
    "parttime": ["", "1", "false"], "uniquelearnernumber": ["", "1234567890", "12"],
}  # fmt: skip
SESSIONS = st.sampled_from(["", "0", "120"])
MISSED = st.dictionaries(st.sampled_from("IOKL"), st.sampled_from(["0", "3", "15"]), max_size=3)
CHILD = st.fixed_dictionaries(
    {
        **{name: st.sampled_from(values) for name, values in (FACTS | ON_ROLL_ALONE).items()},
        "on_roll": st.booleans(),
        "school": st.sampled_from(NUMBERS),
        "dob": st.dates(date(2014, 9, 1), date(2018, 8, 31)),
        "entry": st.dates(date(2021, 9, 1), date(2024, 9, 1)),
        "needs": st.lists(st.sampled_from(["ASD", "MLD", "SLCN"]), max_size=2, unique=True),
        "meals": st.none() | st.tuples(st.dates(date(2020, 1, 1), date(2025, 1, 1)), st.sampled_from([None, 10, 700])),
        "suspended": st.none()
        | st.tuples(
            st.sampled_from(["SUSP", "FIXD", "PERM"]), st.integers(0, 80), st.sampled_from(["", "4"]),
            st.lists(st.sampled_from(["PP", "DB"]), max_size=3),
        ),
        "home": st.sampled_from([None, ("1", "Street", "BD1 1AA"), ("2", "Road", "bd1  1ab")]),
        "sessions": st.tuples(SESSIONS, MISSED),
        "second_half": st.tuples(SESSIONS, MISSED),
    }
)  # fmt: skip
FULL: Child = {
    **{name: values[-1] for name, values in (FACTS | ON_ROLL_ALONE).items()}, "on_roll": True, "dob": date(2015, 1, 1),
    "entry": date(2022, 9, 1), "needs": ["ASD"], "meals": (date(2024, 1, 1), None),
    "suspended": ("SUSP", 0, "2", ["PP"]), "home": ("7", "Lane", "BD7 7AA"), "sessions": ("100", {"I": "3"}),
    "second_half": ("50", {"I": "1"}),
}  # fmt: skip
# With these, both schools have a return, and each table of the export is there, as COLLECT writes it.
EVERY_TABLE = [
    FULL | {"school": number, "on_roll": on_roll, "upn": make_upn(380, 2901, 2020, 900 + 2 * place + on_roll)}
    for place, number in enumerate(NUMBERS)
    for on_roll in (True, False)
]
BARE: Child = FULL | {name: values[0] for name, values in (FACTS | ON_ROLL_ALONE).items()} | {
    "school": 2901, "needs": [], "meals": None, "suspended": None, "home": None, "sessions": ("", {}),
    "second_half": ("", {}),
}  # fmt: skip


@st.composite
def returned(draw: st.DrawFn) -> list[Child]:
    """Any children at two schools. Of two such lists, those at the same place have the same UPN."""
    return named(draw(st.lists(CHILD, min_size=1, max_size=3)))


def named(told: list[Child]) -> list[Child]:
    return EVERY_TABLE + [one | {"upn": make_upn(380, 2901, 2020, 880 + place)} for place, one in enumerate(told)]


def bring_xml(told: list[Child], term: str) -> None:
    with TemporaryDirectory() as folder, acting_as(BATCH):
        for number in NUMBERS:
            path = Path(folder) / f"{number}.xml"
            pupils = [_element(one, term) for one in told if one["school"] == number]
            header = {"Term": term[:3].upper(), "Year": f"{DAYS[term].year}", "ReferenceDate": f"{DAYS[term]}"}
            text = census_returns.document(*pupils, Estab=f"{number}", **header).replace("<URN>999998</URN>", "")
            path.write_text(text, encoding="utf-8")
            census.bring_in(path, urn=None, apply=True, progress=lambda per_cent: None)


def bring_csv(told: list[Child], term: str, **how: Any) -> None:
    with TemporaryDirectory() as folder, acting_as(BATCH):
        path = _export(told, term).write(Path(folder), **how)
        collect.bring_in(path, urn=None, apply=True, progress=lambda per_cent: None)


def _suspension(one: Child, term: str) -> tuple[str, date, str, list[str]] | None:
    if one["suspended"] is None:
        return None
    category, after, sessions, reasons = one["suspended"]
    return category, COUNTED[term] + timedelta(days=after), sessions, reasons


def _meals(one: Child) -> tuple[date, date | None] | None:
    if one["meals"] is None or not one["on_roll"]:
        return None
    first, days = one["meals"]
    return first, first + timedelta(days=days) if days else None


def _element(one: Child, term: str) -> str:
    names = [*FACTS, *(ON_ROLL_ALONE if one["on_roll"] else ())]
    days = {"dob": one["dob"], "entrydate": one["entry"]} | ({} if one["on_roll"] else {"leavingdate": "2025-10-01"})
    told = census_returns.tags({"upn": one["upn"], "forename": "Alike", **{n: one[n] for n in names if one[n]}, **days})
    if one["on_roll"]:
        for rank, need in enumerate(one["needs"], start=1):
            told += f"<SENneed>{census_returns.tags({'SENtypeRank': f'{rank}', 'SENtype': need})}</SENneed>"
    if meals := _meals(one):
        last = f"<FSMendDate>{meals[1]}</FSMendDate>" if meals[1] else ""
        told += f"<FSMperiod><FSMstartDate>{meals[0]}</FSMstartDate>{last}<UKcountry>ENG</UKcountry></FSMperiod>"
    if suspension := _suspension(one, term):
        category, first, sessions, reasons = suspension
        inside = census_returns.tags({"Category": category, "StartDate": f"{first}", "Sessions": sessions})
        why = "".join(f"<Reason>{reason}</Reason>" for reason in reasons)
        told += f"<TermlyExclusion>{inside}{why}</TermlyExclusion>"
    if one["home"]:
        lines = census_returns.tags(dict(zip(("PAON", "Street", "PostCode"), one["home"], strict=True)))
        told += f"<HomeInformation><Address>{lines}</Address></HomeInformation>"
    told += _sessions("TermlyAttendance", *one["sessions"])
    if term == "autumn":
        told += _sessions("SummerHalfTerm2Attendance", *one["second_half"])
    name = "PupilOnRoll" if one["on_roll"] else "PupilNoLongerOnRoll"
    return f"<{name}>{told}</{name}>"


def _sessions(name: str, possible: str, missed: dict[str, str]) -> str:
    rows = ({"AttendanceReason": code, "AbsenceSessions": number} for code, number in missed.items())
    details = "".join(f"<SessionDetail>{census_returns.tags(row)}</SessionDetail>" for row in rows)
    return f"<{name}><SessionsPossible>{possible}</SessionsPossible>{details}</{name}>"


def _export(told: list[Child], term: str) -> Export:
    day = DAYS[term]
    made = Export(period=f"{day.year}_{term}_")
    of = {"term": term[:3].upper(), "year": f"{day.year}", "referencedate": f"{day}"}
    schools = {number: made.school(number, **of) for number in NUMBERS}
    for one in told:
        _rows(made, schools[one["school"]], one, term)
    return made


def _rows(made: Export, school: str, one: Child, term: str) -> None:
    cells = {name: one[name] for name in FACTS} | {"upn": one["upn"], "forename": "Alike", "dob": f"{one['dob']}"}
    cells |= {"entrydate": f"{one['entry']}", "termlysessionspossible": one["sessions"][0]}
    if term == "autumn":
        cells["summerhalfterm2sessionspossible"] = one["second_half"][0]
    if one["on_roll"]:
        also = {name: one[name] for name in ON_ROLL_ALONE} | {"boarder": "", "youngcarer": "", "plaa": ""}
        pupil, on = made.pupil(school, 0, **cells, **also), "onroll"
        for rank, need in enumerate(one["needs"], start=1):
            made.about("senneeds", pupil, sentyperank=f"{rank}", sentype=need)
    else:
        pupil, on = made.leaver(school, 0, **cells, leavingdate="2025-10-01"), "offroll"
    if meals := _meals(one):
        made.about("fsmperiod", pupil, fsmstartdate=f"{meals[0]}", fsmenddate=f"{meals[1] or ''}", ukcountry="ENG")
    if suspension := _suspension(one, term):
        category, first, sessions, reasons = suspension
        why = {f"reason{place}": reason for place, reason in enumerate(reasons, start=1)}
        made.about(f"termlyexclusions{on}", pupil, category=category, startdate=f"{first}", sessions=sessions, **why)
    if one["home"]:
        paon, street, postcode = one["home"]
        made.about(f"addresses{on}", pupil, paon=paon, street=street, postcode=postcode)
    counts = {"termly": one["sessions"]} | ({"summerhalfterm2": one["second_half"]} if term == "autumn" else {})
    for when, (_, missed) in counts.items():
        for code, number in missed.items():
            made.about(f"{when}sessiondetails{on}", pupil, attendancereason=code, sessions=number)


def facts(row: Any) -> tuple[tuple[str, str], ...]:
    named = [field.name for field in row._meta.concrete_fields if field.name not in NOT_TOLD]
    return tuple((name, str(getattr(row, name))) for name in named)


def store() -> dict[tuple[int, str], Any]:
    """All that is kept of these children, but for stays that never were."""
    with as_batch():
        found = {}
        for pupil in Pupil.objects.filter(forename="Alike").select_related("establishment"):
            parts = {part: sorted(facts(row) for row in part.objects.filter(pupil=pupil)) for part in PARTS}
            parts[Enrolment] = sorted(facts(row) for row in pupil.enrolments.filter(cancelled_at=None))
            found[pupil.establishment.urn, str(pupil.upn)] = (facts(pupil), parts)
        return found


def after(*steps: Any) -> dict[tuple[int, str], Any]:
    """The store after the steps, which are undone."""
    with transaction.atomic():
        for bring, *told in steps:
            bring(*told)
        found = store()
        transaction.set_rollback(True)
    return found


FEW = settings(max_examples=10, suppress_health_check=[HealthCheck.too_slow])
terms = st.sampled_from(list(DAYS))


@FEW
@given(before=returned(), told=returned(), term=terms)
@example(before=named([FULL | {"school": 2901}]), told=named([BARE]), term="spring")
@example(before=named([FULL | {"school": 2901}]), told=named([BARE]), term="autumn")
@example(before=named([FULL | {"school": 2901}]), told=named([BARE | {"on_roll": False}]), term="autumn")
@example(before=[], told=named([BARE | {"suspended": ("SUSP", 1, "", ["PP", "PP"])}]), term="summer")
def test_whichever_file_tells_it(before: list[Child], told: list[Child], term: str) -> None:
    """R22, R31: what a return says of a child, what it leaves out and what is empty in it, whatever brought it."""
    first = [(bring_xml, before, "autumn")] if before else []
    assert after(*first, (bring_csv, told, term)) == after(*first, (bring_xml, told, term))


@FEW
@given(told=returned(), term=terms, seed=st.integers(0, 99))
def test_in_whatever_order(told: list[Child], term: str, seed: int) -> None:
    """R22: pupils in a return, rows and columns of an export."""
    shuffled = random.Random(seed).sample(told, len(told))
    assert after((bring_xml, shuffled, term)) == after((bring_xml, told, term))


@FEW
@given(told=returned(), term=terms)
def test_the_other_file_of_the_same_return_changes_nothing(told: list[Child], term: str) -> None:
    """R22, R31: nor is anything noted of a change."""
    with transaction.atomic():
        bring_xml(told, term)
        with as_batch():
            noted = PupilChange.objects.count()
        once = store()
        bring_csv(told, term, shuffled=True)
        assert store() == once
        with as_batch():
            assert PupilChange.objects.count() == noted
        transaction.set_rollback(True)
