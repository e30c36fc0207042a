"""A return counted once more from its XML alone, by the Department's definitions: nothing of ours is imported for it.

Our own tests of measures begin with the store, so they would miss what a reader leaves out.
"""

import random
from collections import defaultdict
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.core.management import call_command
from django.utils import timezone

from sharing.measures.computed import prepare
from sharing.models import Attendance, Enrolment, Suspension
from sharing.models.releases import Figure
from sharing.school_year import census_days
from sharing.upn import make_upn
from tests.people import as_batch
from tests.sharing import census_returns as returns

pytestmark = pytest.mark.django_db
SCHOOL = 999999
PUPILS = 240
WITH_LEAVE, WITHOUT = {*"IMRSTECH", "C1", "C2", "J1"}, {*"GNOU"}


def newest_autumn(today: date) -> date:
    return max(day for year in (today.year - 1, today.year) if (day := census_days(year)[2]) <= today)


def a_return(day: date, seed: int) -> str:
    """A return with what is rare: both ends of each range, codes that are retired or refused, a year group "X"."""
    draw = random.Random(seed)
    born = [date(day.year - age, month, 1) for age in range(3, 18) for month in (1, 8, 9, 12)]
    born += [date(day.year - age, 8, 31) for age in range(3, 18)]
    born += [date(year, 2, 29) for year in range(day.year - 17, day.year - 3) if year % 4 == 0]
    edges = [end + timedelta(n) for end in (day, day.replace(year=day.year - 6)) for n in (-1, 0, 1)]
    days = [edge for edge in edges if edge <= day]
    people = []
    for serial in range(PUPILS):
        dob = draw.choice(born)
        meals = ""
        if draw.random() < 0.5:
            first, last = sorted((max(dob, draw.choice(days)), max(dob, draw.choice(days))))
            ends = "" if draw.random() < 0.4 else f"<FSMendDate>{last}</FSMendDate>"
            meals = f"<FSMperiod><FSMstartDate>{first}</FSMstartDate>{ends}</FSMperiod>"
        gone = serial % 10 == 0
        facts = {
            "UPN": make_upn(380, 2999, 2023, serial + 100),
            "Surname": f"Recounted{serial}",
            "DOB": str(dob),
            "Sex": draw.choice("FM"),
            "EntryDate": str(max(dob, draw.choice([date(day.year - 2, 9, 4), date(day.year, 9, 3), day]))),
            "NCyearActual": draw.choice(["N1", "N2", "R", "1", "6", "11", "12", "X"]),
            "EnrolStatus": draw.choice("CCCCCCMMSFO"),
            "Language": draw.choice(["ENG", "ENB", "URD", "OTH", "OTB", "REF", "NOT", "ZZZ", ""]),
            "SENprovision": draw.choice([*"NNNNKKEAPS", ""]),
            "PartTime": draw.choice(["true", "false"]),
        }
        if gone:
            facts |= {"EntryDate": str(max(dob, date(day.year - 1, 9, 4))), "LeavingDate": f"{day.year}-07-18"}
            facts["EnrolStatus"] = ""
        person = returns.pupil(meals + sessions(draw) + suspensions(draw, day), **facts)
        people.append(person.replace("PupilOnRoll>", "PupilNoLongerOnRoll>") if gone else person)
    header = {"Term": "AUT", "Year": str(day.year), "ReferenceDate": str(day)}
    return returns.document(*people, **header).replace("999998", str(SCHOOL))


def sessions(draw: random.Random) -> str:
    halves = ""
    for half in ("TermlyAttendance", "SummerHalfTerm2Attendance"):
        possible = draw.choice([0, 60, 60, 60, 50])
        codes = draw.sample(["I", "M", "C2", "J1", "E", "G", "N", "U", "/", "\\", "L", "B", "K", "D", "X", "J", "#"], 5)
        details = "".join(
            f"<SessionDetail><AttendanceReason>{code}</AttendanceReason>"
            f"<AbsenceSessions>{draw.choice([1, 2, 3, 6]) if possible else 0}</AbsenceSessions></SessionDetail>"
            for code in codes
        )
        halves += f"<{half}><SessionsPossible>{possible}</SessionsPossible>{details}</{half}>"
    return f"<Attendance>{halves}</Attendance>" if draw.random() < 0.9 else ""


def suspensions(draw: random.Random, day: date) -> str:
    return "".join(
        f"<TermlyExclusion><Category>{draw.choice(['SUSP', 'SUSP', 'LNCH', 'PERM'])}</Category>"
        f"<StartDate>{day.year}-0{draw.choice([5, 6, 7])}-0{draw.randrange(1, 8)}</StartDate><Sessions>2</Sessions>"
        "<Reason>DB</Reason></TermlyExclusion>"
        for _ in range(draw.choice([0, 0, 0, 1, 2]))
    )


class Told:
    """A pupil of the file."""

    def __init__(self, element: ElementTree.Element) -> None:
        self.element, self.is_gone = element, element.tag == "PupilNoLongerOnRoll"
        self.born = date.fromisoformat(self.text("DOB"))
        meals = [
            (date.fromisoformat(one.findtext("FSMstartDate") or ""), one.findtext("FSMendDate"))
            for one in element.iter("FSMperiod")
        ]
        self.meals = [(first, date.fromisoformat(last) if last else date.max) for first, last in meals]
        self.entry = date.fromisoformat(self.text("EntryDate"))
        self.is_counted = self.text("EnrolStatus") in ("C", "M", "")  # leavers have no status

    def suspended(self, category: str) -> int:
        """How often since coming here. Two of a kind that begin on one day are one."""
        events = [one for one in self.element.iter("TermlyExclusion") if one.findtext("Category") == category]
        begun = {date.fromisoformat(one.findtext("StartDate") or "") for one in events}
        return sum(first >= self.entry for first in begun)

    def text(self, name: str) -> str:
        return self.element.findtext(f".//{name}") or ""

    def aged_on_31_august(self, year: int) -> int:
        return year - self.born.year - ((self.born.month, self.born.day) > (8, 31))

    def sessions(self, year: int) -> tuple[int, int, int] | None:
        """(possible, missed, without leave) of six half terms; of five for pupils of 15, and not of who came later."""
        possible = missed = without = 0
        for half in ("TermlyAttendance", "SummerHalfTerm2Attendance"):
            block = self.element.find(f".//{half}")
            if block is None or (half != "TermlyAttendance" and (not possible or self.aged_on_31_august(year) >= 15)):
                continue
            possible += int(block.findtext("SessionsPossible") or 0)
            for one in block.iter("SessionDetail"):
                code, number = one.findtext("AttendanceReason"), int(one.findtext("AbsenceSessions") or 0)
                missed += number if code in WITH_LEAVE | WITHOUT else 0
                without += number if code in WITHOUT else 0
        return (possible, missed, without) if possible else None


def counted(xml: str, day: date) -> dict[str, tuple[int, int]]:
    """Measure -> numerator and denominator."""
    last_year, january = day.year - 1, census_days(day.year)[0]
    six_years_ago = day.replace(year=day.year - 6)
    found: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))

    def add(code: str, numerator: int, denominator: int = 1) -> None:
        found[code] = found[code][0] + int(numerator), found[code][1] + denominator

    for one in people_of(xml):
        if one.is_counted and not one.is_gone:
            add("roll_girls", one.text("Sex") == "F")
            add("roll_fsm", any(first <= day <= last for first, last in one.meals))
            add("roll_eal", one.text("Language") not in ("ENG", "ENB", "REF", "NOT", "ZZZ", ""))
            add("roll_sen_support", one.text("SENprovision") in ("K", "A", "P"))
            add("roll_ehc_plan", one.text("SENprovision") in ("E", "S"))
            if 4 <= one.aged_on_31_august(day.year) <= 15:
                add("roll_fsm6", any(first <= day and last > six_years_ago for first, last in one.meals))
        if 5 <= one.aged_on_31_august(last_year) <= 15 and (told := one.sessions(last_year)):
            possible, missed, without = told
            add("attendance_absence", missed, possible)
            add("attendance_unauthorised", without, possible)
            add("attendance_persistent", missed * 10 >= possible)
            add("attendance_severe", missed * 2 >= possible)
        was_on_roll = one.is_counted and one.entry <= january
        suspended = one.suspended("SUSP") + one.suspended("LNCH")
        add("suspensions_rate", suspended, was_on_roll)
        add("suspended_pupils", suspended > 0, was_on_roll)
        add("exclusions_rate", one.suspended("PERM"), was_on_roll)
    return dict(found)


def people_of(xml: str) -> list[Told]:
    kinds = ("PupilOnRoll", "PupilNoLongerOnRoll")
    return [Told(one) for one in ElementTree.fromstring(xml).iter() if one.tag in kinds]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_return_says_what_its_xml_says(tmp_path: Path, today: date, seed: int) -> None:
    """R22, R31: who is on roll and eats free, whose language and needs, who missed how much, and who was suspended."""
    with as_batch():
        Enrolment.objects.filter(establishment__urn=SCHOOL).update(cancelled_at=timezone.now())
        Attendance.objects.filter(establishment__urn=SCHOOL).delete()
        Suspension.objects.filter(establishment__urn=SCHOOL).delete()
    day = newest_autumn(today)
    path = tmp_path / "return.xml"
    path.write_text(a_return(day, seed))
    call_command("import_census", path)
    with as_batch():
        years = {"roll": day.year, "attendance": day.year - 1, "suspensions": day.year - 1}
        releases = [prepare(dataset, year, day) for dataset, year in years.items()]
        figures = Figure.objects.filter(release__in=releases, establishment__urn=SCHOOL, group="total")
        told = {one.measure.code: one for one in figures.select_related("measure")}
    on_roll = sum(one.is_counted and not one.is_gone for one in people_of(path.read_text()))
    assert told.pop("roll_pupils").value == on_roll
    expected = counted(path.read_text(), day)
    assert {code: (one.numerator, one.denominator) for code, one in told.items()} == expected
    shares = {code: Decimal(100 * part) / whole for code, (part, whole) in expected.items()}
    exactly = Decimal("0.0001")
    assert {code: one.value for code, one in told.items()} == {
        code: share.quantize(exactly, ROUND_HALF_UP) for code, share in shares.items()
    }
