"""Evidence in a case of a breach: rows of the ledger, frozen, and what they leave out (R18, R41, R43)."""

import ast
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from access_register import breaches as breaches_package
from access_register.breaches import steps
from access_register.models import Contract
from access_register.register.rules import CannotChange
from sharing.authorise import Permission, Through, visit
from sharing.ledger import ledger
from sharing.ledger.words import OF_ALL, words_of
from sharing.models import Establishment, LedgerEntry
from sharing.models.ledger import NOT_FOR_THE_HEAD
from sharing.statements import values_of
from tests import factories
from tests.access_register.breaches import (
    BECKSIDE,
    PANEL,
    against,
    against_establishment,
    against_person,
    case,
    manager,
    seat,
)
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, asker, client, person
from tests.sharing.conversions import convert

pytestmark = pytest.mark.django_db


def test_rows_of_the_ledger_are_frozen_as_evidence_without_free_words() -> None:
    """R18, R41, R43: who, when, what, and nothing that heads are not told; the panel and whom it is held against read
    them, who reported it does not."""
    client("teacher-beckside").get("/establishments/999002/pupils/")
    barred = {"action": "break_glass", "outcome": LedgerEntry.Outcome.SHOWN, "about": NOT_FOR_THE_HEAD}
    ledger.write(asker("teacher-beckside"), urn=999002, **barred)
    number, today = against_person("teacher-beckside"), timezone.localdate()
    assert steps.attach_evidence(manager(), number, urn=None, first=today, last=today) > 0
    seat(number)
    (found,) = case(number, PANEL[0]).evidence
    assert "List of pupils" in {row.what for row in found.rows}
    assert {row.who for row in found.rows} == {person("teacher-beckside").name}
    assert words_of("break_glass") not in {row.what for row in found.rows}
    assert case(number, "teacher-beckside").evidence == (found,)
    assert case(number, "governor-beckside").evidence == ()
    with pytest.raises(CannotChange, match="no such row"):
        steps.attach_evidence(manager(), number, urn=None, first=date(2001, 3, 1), last=date(2001, 3, 1))


def test_of_a_head_for_the_school_no_rows_of_another_school_are_evidence() -> None:
    """A18, R41: nor what the head does as an officer, nor a third party's people at another sponsor. What others share
    with the school, and pages of no one school, are. Of somebody whom the case names, all rows are."""
    today, shown = timezone.localdate(), {"action": "list_pupils", "outcome": LedgerEntry.Outcome.SHOWN}
    read = ("head-ravensgill", (999003, 999001, 999005, None)), ("third-party-two-sponsors", (BECKSIDE, 999003))
    for slug, places in read:
        for urn in places:
            ledger.write(asker(slug), urn=urn, about={}, **shown)
    ledger.write(asker("head-ravensgill", EDUNET), urn=999003, about={}, **shown)

    def rows_of(number: int) -> set[tuple[int | None, str]]:
        steps.attach_evidence(manager(), number, urn=None, first=today, last=today)
        (found,) = case(number, "officer-information").evidence
        return {(row.urn, row.site) for row in found.rows}

    with as_batch():
        contract = Contract.objects.get(reference="FS-2")
    at_schools = "Schools Online"
    for_the_school = {(999003, at_schools), (999005, at_schools), (None, at_schools)}
    assert rows_of(against_establishment(999003, by="governor-beckside")) == for_the_school
    assert rows_of(against(("third_party", contract.pk))) == {(BECKSIDE, at_schools)}
    everything = for_the_school | {(999001, at_schools), (999003, "EduNet")}
    assert rows_of(against_person("head-ravensgill")) == everything


def test_rows_of_the_school_are_evidence_under_each_of_its_urns(known_from_gias: None, tmp_path: Path) -> None:
    """R41, R43, A2: what its head did there before it converted, and what a third party's people did."""
    today, shown = timezone.localdate(), {"action": "list_pupils", "outcome": LedgerEntry.Outcome.SHOWN}
    with as_batch():
        contract = Contract.objects.get(lines__person=person("third-party-beckside"))
    cases = against_establishment(BECKSIDE), against(("third_party", contract.pk))
    for slug in ("head-beckside", "third-party-beckside"):
        ledger.write(asker(slug), urn=BECKSIDE, about={}, **shown)
    convert(tmp_path, today)
    for number, slug in zip(cases, ("head-beckside", "third-party-beckside"), strict=True):
        assert steps.attach_evidence(manager(), number, urn=None, first=today, last=today) > 0
        (found,) = case(number, "officer-information").evidence
        assert {(row.who, row.urn) for row in found.rows if row.what == words_of("list_pupils")} == {
            (person(slug).name, BECKSIDE)
        }


@pytest.mark.parametrize(
    ("slug", "through", "is_told"),
    [
        ("officer-information", EDUNET, True),
        ("officer-data", EDUNET, False),
        ("governor-beckside", SCHOOLS_ONLINE, False),
    ],
)
def test_only_the_desk_learns_where_else_those_it_is_against_have_a_place(
    slug: str, through: Through, is_told: bool
) -> None:
    """R2, R41, A18."""
    number = against_establishment(999003, by="governor-beckside")
    with visit(asker(slug, through), Permission.VIEW_ESTABLISHMENT, action="test") as here:
        found = values_of("SELECT unnest(urns) FROM access_register_breach_elsewhere(%s)", number)
        here.showed()
    assert found == ([999001] if is_told else [])


def test_rows_of_two_schools_of_one_name_are_two_pieces_of_evidence() -> None:
    """R41, R43: as those of a school that has closed, and of the academy that carries on for it under its name."""
    places, today = [factories.establishment(urn) for urn in (999012, 999013)], timezone.localdate()
    with as_batch():
        Establishment.objects.filter(pk__in=[place.pk for place in places]).update(name="Zzyx School")
    for place in places:
        ledger.write(asker("teacher-beckside"), urn=place.urn, action="list_pupils", outcome=LedgerEntry.Outcome.SHOWN)
    number = against_person("teacher-beckside")
    numbers = {steps.attach_evidence(manager(), number, urn=one.urn, first=today, last=today) for one in places}
    assert len(numbers) == 1
    seat(number)
    evidence = case(number, PANEL[0]).evidence
    assert {row.urn for one in evidence for row in one.rows} == {999012, 999013}


@pytest.mark.parametrize("of_a_place", [True, False])
def test_evidence_tells_nothing_of_other_cases(of_a_place: bool) -> None:
    """R41, A18: whoever the case is against may have reported somebody, or sit on a panel."""
    head, today = client("head-beckside"), timezone.localdate()
    for page in ("/establishments/999002/pupils/", "/breaches/", "/breaches/report/"):
        assert head.get(page).status_code == 200
    number = against_establishment(BECKSIDE)
    steps.attach_evidence(manager(), number, urn=BECKSIDE if of_a_place else None, first=today, last=today)
    (found,) = case(number, "head-beckside").evidence
    words = {row.what for row in found.rows}
    assert "List of pupils" in words
    assert not [what for what in words if "reach" in what]


def test_each_step_of_a_case_is_known_as_one() -> None:
    """R41: a new step that is not listed would come out as evidence in another case."""
    code = "\n".join(module.read_text() for module in Path(breaches_package.__file__).parent.glob("*.py"))
    words = {node.value for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Constant)}
    assert words & set(OF_ALL) == set(steps.OF_CASES)


def test_evidence_tells_no_head_what_the_head_may_not_learn() -> None:
    """R18, R41, R43: a panel of heads, and a head against whom it is held, read no row of a barred opening."""
    officer = asker("officer-no-duty", EDUNET)
    for action, about in (("list_pupils", {}), ("show_pupil", NOT_FOR_THE_HEAD)):
        ledger.write(officer, action=action, outcome=LedgerEntry.Outcome.SHOWN, urn=BECKSIDE, about=about)
    number, today = against_establishment(BECKSIDE), timezone.localdate()
    steps.attach_evidence(manager(), number, urn=BECKSIDE, first=today, last=today)
    (found,) = case(number, "head-beckside").evidence
    assert found.asked.startswith("Rows at Beckside Primary School, on ")
    assert {row.what for row in found.rows if row.who == officer.name} == {"List of pupils"}


def test_too_many_rows_on_one_day_are_not_said_to_need_fewer_days(monkeypatch: pytest.MonkeyPatch) -> None:
    """R41, R43: on a day on which a school did much, what those it is against did there can still be attached."""
    today, number = timezone.localdate(), against_person("teacher-beckside")
    for slug in ("teacher-beckside", "deputy-beckside", "deputy-beckside"):
        ledger.write(asker(slug), urn=BECKSIDE, action="list_pupils", outcome=LedgerEntry.Outcome.SHOWN)
    monkeypatch.setattr(steps, "MOST_ROWS", 2)
    told = []
    for first in (today - timedelta(days=1), today):
        with pytest.raises(CannotChange) as refused:
            steps.attach_evidence(manager(), number, urn=BECKSIDE, first=first, last=today)
        told.append(refused.value.message)
    assert told[0].endswith("rows. Choose fewer days.")
    assert told[1].endswith("on that day alone. Choose what was done by those the case is against.")
    assert steps.attach_evidence(manager(), number, urn=None, first=today, last=today) in (1, 2)
