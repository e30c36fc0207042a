"""Rows for tests, made as imports make them. Each function takes what the test is about and invents the rest."""

import itertools
from datetime import date
from typing import Any

from django.utils import timezone

from sharing.crypto import blind_index
from sharing.imports.staging import facts_index
from sharing.models import (
    Attendance,
    Child,
    Contact,
    Enrolment,
    Establishment,
    FreeMealsPeriod,
    HomeAddress,
    Pupil,
    PupilChange,
    PupilNeeds,
    Result,
    SenNeed,
    StaffContract,
    StaffMember,
    Suspension,
    Transfer,
)
from sharing.upn import make_upn
from tests.people import as_batch

_serials = itertools.count(1)


def establishment(urn: int) -> Establishment:
    return Establishment.objects.get(urn=urn)


def pupil(urn: int, **facts: Any) -> Pupil:
    """A record of a new child at the establishment, without an enrolment, so that nobody sees it yet."""
    serial = next(_serials)
    upn = make_upn(382, 2000 + serial // 1000, 2019, serial % 1000)  # a range in which the demonstration allots none
    with as_batch():
        child = facts.get("child") or Child.objects.create(upn_index=blind_index(upn))
        return Pupil.objects.create(
            **{
                "establishment": establishment(urn),
                "child": child,
                "upn": upn,
                "upn_index": child.upn_index,
                "surname": "Tested",
                "forename": "Child",
                "born_on": date(2016, 5, 4),
                "sex": "F",
                "year_group": "4",
                "source": "Test",
                "as_of": timezone.localdate(),
            }
            | facts
        )


def enrolment(pupil: Pupil, starts_on: date, ends_on: date | None = None, **facts: Any) -> Enrolment:
    with as_batch():
        return Enrolment.objects.create(
            pupil=pupil, establishment_id=pupil.establishment_id, starts_on=starts_on, ends_on=ends_on, **facts
        )


def transfer(pupil: Pupil, agreed_on: date, lapses_on: date, **facts: Any) -> Transfer:
    with as_batch():
        return Transfer.objects.create(
            pupil=pupil,
            establishment_id=pupil.establishment_id,
            agreed_on=agreed_on,
            expected_on=agreed_on,
            lapses_on=lapses_on,
            **{"from_establishment": establishment(999003)} | facts,
        )


def staff_member(urn: int, **facts: Any) -> StaffMember:
    with as_batch():
        member = StaffMember.objects.create(
            **{
                "establishment": establishment(urn),
                "surname": "Tested",
                "forename": "Teacher",
                "starts_on": date(2020, 9, 1),
                "source": "Test",
                "as_of": timezone.localdate(),
            }
            | facts
        )
        StaffContract.objects.create(
            member=member, establishment=member.establishment, kind="PRM", post="Teacher", starts_on=member.starts_on
        )
        return member


def attendance(pupil: Pupil, possible: int, absent: int, academic_year: int, term: int, **facts: Any) -> Attendance:
    return _of(
        Attendance,
        pupil,
        sessions_possible=possible,
        sessions_absent=absent,
        academic_year=academic_year,
        term=term,
        **facts,
    )


def needs(pupil: Pupil, sen_provision: str, *types: str) -> PupilNeeds:
    """The provision, and the types of need by rank."""
    for rank, need in enumerate(types, 1):
        _of(SenNeed, pupil, rank=rank, need=need)
    return _of(PupilNeeds, pupil, sen_provision=sen_provision)


def meals(pupil: Pupil, starts_on: date, ends_on: date | None = None) -> FreeMealsPeriod:
    return _of(FreeMealsPeriod, pupil, starts_on=starts_on, ends_on=ends_on)


def suspension(pupil: Pupil, starts_on: date, **facts: Any) -> Suspension:
    return _of(Suspension, pupil, starts_on=starts_on, **{"category": "SUSP", "sessions": 2, "reasons": ["DB"]} | facts)


def result(pupil: Pupil, stage: str, subject: str, result: str, **facts: Any) -> Result:
    return _of(Result, pupil, stage=stage, subject=subject, result=result, **{"academic_year": 2024} | facts)


def address(pupil: Pupil, text: str) -> HomeAddress:
    postcode = text.splitlines()[-1]
    return _of(HomeAddress, pupil, address=text, postcode=postcode, facts_index=facts_index(text, postcode))


def contact(pupil: Pupil, name: str, **facts: Any) -> Contact:
    usual = {"order": 1, "relationship": "PAM", "has_responsibility": True, "telephones": "M 07700 900123"}
    told = {"address": "", "email": ""} | usual | facts
    index = facts_index(name, told["address"], told["telephones"], told["email"])
    return _of(Contact, pupil, name=name, **{"facts_index": index} | told)


def change(pupil: Pupil, *facts: str) -> PupilChange:
    with as_batch():
        return PupilChange.objects.create(
            pupil=pupil, establishment_id=pupil.establishment_id, source="Test", facts=list(facts)
        )


def _of(model: Any, pupil: Pupil, **facts: Any) -> Any:
    """A row that belongs to the pupil."""
    told = {"source": "Test", "as_of": timezone.localdate()}
    with as_batch():
        return model.objects.create(pupil=pupil, establishment_id=pupil.establishment_id, **told | facts)
