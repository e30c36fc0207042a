"""Ways of weakening the second lock, each of which must be noticed (part 4 of the proof; R5, R6, R45)."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from sharing.models import (
    Challenge,
    Enrolment,
    Establishment,
    OwnGroup,
    OwnList,
    Pupil,
    PupilListColumns,
    Transfer,
)
from tests.locks.advice_rows import plant_advice
from tests.locks.attempts import AHole
from tests.locks.breaches import holes_in_breaches, plant_breaches
from tests.locks.canaries import plant
from tests.locks.figure_rows import GOVERNOR, HEAD, NARROWED, plant_figures
from tests.locks.holes import Planted, holes, plant_what_is_asked_for
from tests.locks.items import holes_in_items, plant_items
from tests.locks.mutants import MUTANTS
from tests.locks.mutants_of_breaches import OF_BREACHES
from tests.locks.mutants_of_items import OF_ITEMS
from tests.locks.support import plant_support
from tests.locks.switches import rows, run_as_owner, savepoint
from tests.people import as_batch, person


def plant_the_gone(today: object) -> None:
    """Plant children of yesterday and tomorrow, at establishments where somebody may see pupils."""
    day = timezone.localdate()
    plant_figures()
    plant_items(day)
    plant_support(day)
    plant_groups()
    plant_advice()
    for canary in plant(day):
        with as_batch():
            gone = Enrolment.objects.filter(pupil_id=canary.pupil_id)
            ends = day - timedelta(days=1)
            gone.update(ends_on=ends)
            Pupil.objects.filter(pk=canary.pupil_id).update(surname="Gone")
    plant_transfers(day)
    plant_breaches(day)


def plant_groups() -> None:
    """Plant groups made by the narrowed assistant, one of which reveals what is withheld from them."""
    with as_batch():
        place = Establishment.objects.get(urn=999002)
        for tells in ([], ["sen"]):
            OwnGroup.objects.create(
                establishment=place, kind="hand", name="Planted", name_index=f"planted {tells}", tells=tells,
                made_by_id=person(NARROWED).pk, made_by_name="Test",
            )  # fmt: skip


def plant_transfers(day: date) -> None:
    """Plant transfers that nobody may see any more, to and from every establishment where somebody sees pupils."""
    officer = person("officer-school-improvement").pk
    with as_batch():
        gone = {pupil.establishment_id: pupil for pupil in Pupil.objects.filter(surname="Gone")}
        for place in Establishment.objects.filter(urn__in=[999002, 999003, 999004]):
            facts = {"establishment": place, "expected_on": day, "lapses_on": day + timedelta(days=9)}
            facts |= {"from_name": "Elsewhere", "year_group": "1", "asserted_by": officer}
            ended = {
                "Declined": {"declined_at": timezone.now()},
                "Lapsed": {"lapses_on": day - timedelta(days=1)},
                "Cancelled": {"cancelled_at": timezone.now()},
            }
            for surname, how in ended.items():
                # The officer who reported a transfer from outside sees it until it lapses: so these come from here.
                elsewhere = {"from_establishment_id": next(key for key in gone if key != place.pk)}
                Transfer.objects.create(**facts | elsewhere | how, surname=surname)
            Transfer.objects.create(**facts | {"asserted_by": 0}, surname="Waiting")
            Transfer.objects.create(**facts | {"asserted_by": 0, "declined_at": timezone.now()}, surname="Declined")
            other = next(pupil for key, pupil in gone.items() if key != place.pk)
            Transfer.objects.create(
                **facts | {"from_establishment_id": other.establishment_id, "declined_at": timezone.now()},
                leaving=other, surname="Declined",
            )  # fmt: skip
        young = Pupil.objects.filter(establishment__urn=999002, year_group="1", transfers=None).visible_on(day)[0]
        Transfer.objects.create(
            establishment=Establishment.objects.get(urn=999003), from_establishment_id=young.establishment_id,
            leaving=young, expected_on=day, lapses_on=day + timedelta(days=9), asserted_by=0,
            surname="Of another year", year_group="6",
        )  # fmt: skip
    with as_batch():
        for slug in (HEAD, GOVERNOR):
            PupilListColumns.objects.create(person=person(slug), columns=["sex"])
            OwnList.objects.create(
                person=person(slug), establishment=Establishment.objects.get(urn=999002), year_group="1"
            )
    with as_batch():
        young = Pupil.objects.filter(establishment__urn=999002, year_group="1").visible_on(day)[0]
        Challenge.objects.create(
            establishment_id=young.establishment_id, pupil=young, about="pupil", fact="sen", withheld_as="sen",
            raised_by_name="Test", due_on=day, assigned_to="school",
        )  # fmt: skip
        Challenge.objects.create(
            establishment_id=young.establishment_id, about="figure", fact="other", raised_by_name="Test", due_on=day,
            assigned_to="data_team",
        )  # fmt: skip


def caught_at_once(mutant: str, planted: Planted) -> set[str]:
    """Ask the questions on the mutant's own subject first, then all others: one hole is enough."""
    of_subject = holes_in_items if mutant in OF_ITEMS else holes_in_breaches if mutant in OF_BREACHES else set
    try:
        return of_subject() or holes(planted, one_is_enough=True)
    except AHole as hole:
        return {str(hole)}


@pytest.fixture(scope="class")
def planted(django_db_setup: None, django_db_blocker: Any) -> Iterator[Planted]:
    """Everything there is to see, planted once. A test undoes what it does; the class undoes the planting."""
    with django_db_blocker.unblock(), transaction.atomic():
        plant_the_gone(timezone.localdate())
        there = plant_what_is_asked_for()
        rows("SET CONSTRAINTS ALL IMMEDIATE")
        yield there
        transaction.set_rollback(True)
    connection.close()


class TestMutants:
    def test_no_hole_in_the_policies_as_they_are(self, planted: Planted) -> None:
        with savepoint():
            assert holes(planted) == set()

    @pytest.mark.parametrize("mutant", MUTANTS)
    def test_a_mutant_is_caught(self, mutant: str, planted: Planted) -> None:
        """Each way to weaken the policies is noticed by the questions above."""
        with transaction.atomic():
            run_as_owner(*MUTANTS[mutant])
            caught = caught_at_once(mutant, planted)
            transaction.set_rollback(True)
        assert caught != set()
