"""A workforce return counted once more from its XML alone: the list of staff and their absences say what it says."""

import random
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.utils import timezone

from sharing import door
from sharing.door.staff import EVERYONE, StaffFilter
from sharing.imports.workforce import bring_in
from sharing.models import StaffAbsence, StaffContract, StaffMember
from sharing.records.staff import StaffLine
from tests import factories
from tests.people import as_batch, asker

pytestmark = pytest.mark.django_db
BECKSIDE, PEOPLE = 999002, 60
TODAY = timezone.localdate()
DAY = TODAY - timedelta(days=1)
TEACHERS = {"HDT": "HDTR", "DHT": "DPHT", "AHT": "SENC", "TCH": "TCHR", "TCM": "TCHR", "TCU": "HDYR", "LDP": "TCHR"}
OTHERS = {"TAS": "HLTA", "LNT": "BUSS", "OSP": "CTKR"}
KINDS = {
    "PRM": "Permanent", "FXT": "Fixed term", "TMP": "Temporary", "SAG": "Service agreement with an agency",
}  # fmt: skip
CATEGORIES = {"SIC": "Sickness", "TRN": "Training", "UNA": "Unauthorised absence"}


def a_return(draw: random.Random, number: int) -> str:
    """Contracts that end today, yesterday or last year, begin today or tomorrow; absences across the first of
    September, with and without days; nobody between two contracts.
    """
    members = ""
    for serial in range(PEOPLE):
        contracts = "".join(_contract(draw, *draw.choice(_WHEN)) for _ in range(draw.choice([0, 0, 0, 1, 2])))
        contracts += _contract(draw, *draw.choice(_WHEN[:4] if contracts else _WHEN))
        absences = "".join(_absence(draw, start) for start in draw.sample(range(700), draw.choice([0, 0, 1, 3])))
        members += (
            f"<SchoolWorkforceMember><StaffDetails><TeacherNumber>99{serial:05}</TeacherNumber><StaffMemberName>"
            f"<PersonFamilyName>Recounted{serial:02}</PersonFamilyName><GivenNames><GivenName><PersonGivenName>Ann"
            "</PersonGivenName></GivenName></GivenNames></StaffMemberName><Sex>F</Sex><PersonBirthDate>1980-02-29"
            f"</PersonBirthDate></StaffDetails><ContractOrServiceGroup>{contracts}</ContractOrServiceGroup><Absences>"
            f"{absences}</Absences></SchoolWorkforceMember>"
        )
    return (
        f"<Message><Header><CollectionDetails><Collection>School Workforce Census</Collection><Year>{DAY.year}</Year>"
        f"<ReferenceDate>{DAY}</ReferenceDate></CollectionDetails><Source><LEA>380</LEA><Estab>{number:04}</Estab>"
        f"</Source></Header><SchoolWorkforceMembers>{members}</SchoolWorkforceMembers></Message>"
    )


_WHEN = ((900, None), (400, 0), (300, -30), (0, None), (900, 1), (800, 365), (-1, None))  # days ago: (first, last)


def _contract(draw: random.Random, first: int, last: int | None) -> str:
    post = draw.choice([*TEACHERS, *OTHERS])
    began = TODAY - timedelta(first + draw.randrange(40) if first > 0 else first)
    ends = "" if last is None else f"<ContractEnd>{TODAY - timedelta(last)}</ContractEnd>"
    return (
        f"<ContractOrService><ContractType>{draw.choice(list(KINDS))}</ContractType><ContractStart>{began}"
        f"</ContractStart>{ends}<Post>{post}</Post><PostLevelDetails><Hours><HoursPerWeek>{draw.randrange(2, 75) / 2}"
        "</HoursPerWeek><FTEHours>37</FTEHours></Hours></PostLevelDetails><Roles><Role><RoleIdentifier>"
        f"{(TEACHERS | OTHERS)[post]}</RoleIdentifier></Role></Roles></ContractOrService>"
    )


def _absence(draw: random.Random, ago: int) -> str:
    days = draw.choice(["", "<WorkingDaysLost>0.5</WorkingDaysLost>", "<WorkingDaysLost>12</WorkingDaysLost>"])
    return (
        f"<Absence><FirstDayOfAbsence>{DAY - timedelta(ago)}</FirstDayOfAbsence>{days}<AbsenceCategory>"
        f"{draw.choice(list(CATEGORIES))}</AbsenceCategory></Absence>"
    )


class Told:
    """A member of the file who is in post today."""

    def __init__(self, element: ElementTree.Element) -> None:
        self.name = element.findtext(".//PersonFamilyName") or ""
        every = list(element.iter("ContractOrService"))
        self.now = [one for one in every if self._first(one) <= TODAY <= self._last(one)]
        self.is_in_post = min(map(self._first, every)) <= TODAY <= max(map(self._last, every))
        self.absences = list(element.iter("Absence"))

    @staticmethod
    def _first(contract: ElementTree.Element) -> date:
        return date.fromisoformat(contract.findtext("ContractStart") or "")

    @staticmethod
    def _last(contract: ElementTree.Element) -> date:
        return date.fromisoformat(contract.findtext("ContractEnd") or str(date.max))

    def hours(self) -> set[str]:
        return {f"{float(one.findtext('.//HoursPerWeek') or 0):g} a week" for one in self.now}

    def lost(self) -> dict[tuple[str, str], tuple[int, Decimal | None, int]]:
        """(school year, category) -> how many absences, their days, and of how many the days are not told."""
        found: dict[tuple[str, str], list[str | None]] = {}
        for one in self.absences:
            first = date.fromisoformat(one.findtext("FirstDayOfAbsence") or "")
            year = first.year - (first.month < 9)
            words = CATEGORIES[one.findtext("AbsenceCategory") or ""]
            found.setdefault((f"{year}/{(year + 1) % 100:02}", words), []).append(one.findtext("WorkingDaysLost"))
        return {
            key: (len(days), sum(map(Decimal, known)) if (known := [*filter(None, days)]) else None, days.count(None))
            for key, days in found.items()
        }


def listed(only: StaffFilter = EVERYONE) -> list[StaffLine]:
    lines, number = [], 1
    while True:
        page = door.list_staff(asker("head-beckside"), BECKSIDE, only=only, number=number).page
        lines += page.rows
        if len(lines) >= page.total:
            assert len(lines) == page.total
            return lines
        number += 1


@pytest.mark.parametrize("seed", [1, 2])
def test_the_list_of_staff_says_what_the_return_says(tmp_path: Path, seed: int) -> None:
    """R22, R31, R33: who is in post, who teaches, with which contract and hours; and what absences cost."""
    place = factories.establishment(BECKSIDE)
    path = tmp_path / "workforce.xml"
    path.write_text(a_return(random.Random(seed), place.establishment_number))
    with as_batch():
        for model in (StaffAbsence, StaffContract, StaffMember):
            model.objects.filter(establishment=place).delete()
        bring_in(path, urn=BECKSIDE, apply=True, progress=lambda per_cent: None)
    told = [Told(one) for one in ElementTree.parse(path).iter("SchoolWorkforceMember")]
    here = {one.name: one for one in told if one.is_in_post}
    assert 10 < len(here) < PEOPLE
    lines = listed()
    assert [line.surname for line in lines] == sorted(here)
    teach = {name for name, one in here.items() if any(own.findtext("Post") in TEACHERS for own in one.now)}
    assert {line.surname for line in listed(StaffFilter(work="teaching"))} == teach
    assert {line.surname for line in listed(StaffFilter(work="support"))} == here.keys() - teach
    for kind in KINDS:
        under = {name for name, one in here.items() if kind in [own.findtext("ContractType") for own in one.now]}
        assert {line.surname for line in listed(StaffFilter(contract=kind))} == under
    for line in lines:
        one = here[line.surname]
        assert line.hours in one.hours()
        more = len(one.now) - 1
        assert line.post.endswith(f", and {more} more") == (more > 0)
        page = door.show_member(asker("head-beckside"), BECKSIDE, line.id)
        found = {
            (row.school_year, row.category): (row.absences, row.days_lost, row.without_days) for row in page.absences
        }
        assert found == one.lost()
