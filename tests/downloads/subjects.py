"""A child to be asked about, and a row of it in every table that an answer holds."""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from sharing import crypto
from sharing.models import (
    Attendance,
    Challenge,
    ChallengeEvent,
    Child,
    ChildMerge,
    Closing,
    Contact,
    Enrolment,
    Explanation,
    FreeMealsPeriod,
    HomeAddress,
    NamedChild,
    Opening,
    OwnGroup,
    OwnGroupMember,
    Pupil,
    PupilChange,
    PupilNeeds,
    Result,
    SenNeed,
    Suspension,
    Transfer,
)
from tests import factories
from tests.people import as_batch

BECKSIDE = 999002
TODAY = timezone.localdate()
NOW = timezone.now()


def child(urn: int = BECKSIDE, *, ends_on: date | None = None, **facts: Any) -> Pupil:
    made = factories.pupil(
        urn, **{"surname": "Subjectson", "forename": "Ottoline", "born_on": date(2016, 2, 3)} | facts
    )
    with as_batch():
        Enrolment.objects.create(
            pupil=made, establishment=made.establishment, starts_on=TODAY - timedelta(days=90), ends_on=ends_on
        )
    return made


OF_SECRETS = ("opener", "explained", "closer", "named")  # one that the head may know, and one that is barred


def fill(of: Pupil, mark: str) -> None:
    """A row in every table that the answer holds; `mark` stands in a fact of each that has room for words."""
    place = of.establishment
    both = {"pupil": of, "establishment": place}
    with as_batch():
        told = {**both, "source": f"{mark}source"}
        PupilNeeds.objects.create(**told, sen_provision="K")
        SenNeed.objects.create(**told, rank=1, need="ASD")
        FreeMealsPeriod.objects.create(**told, starts_on=TODAY, country=mark[:3])
        Attendance.objects.create(**told, academic_year=2025, term=1, sessions_possible=4321, by_code={mark: 4})
        Suspension.objects.create(**told, category="SUSP", starts_on=TODAY, reasons=["PP"])
        Result.objects.create(**told, stage="K2", academic_year=2024, subject="MAT", result=f"{mark}res")
        HomeAddress.objects.create(**told, address=f"{mark}address", postcode="BD1", facts_index="")
        Contact.objects.create(**told, order=1, relationship="PAM", name=f"{mark}contact", facts_index="")
        PupilChange.objects.create(**both, source=f"{mark}change", facts=["surname"])
        Transfer.objects.create(
            establishment=place, pupil=of, from_name=f"{mark}from", agreed_on=TODAY, expected_on=TODAY, lapses_on=TODAY,
            asserted_by_name=f"{mark}sender",
        )  # fmt: skip
        challenge = Challenge.objects.create(
            **both, about="pupil", fact="name", statement=f"{mark}statement", raised_by_name="x", due_on=TODAY,
            assigned_to="school",
        )  # fmt: skip
        ChallengeEvent.objects.create(
            challenge=challenge, establishment=place, what="raised", at=NOW, by_name=f"{mark}event"
        )
        group = OwnGroup.objects.create(
            establishment=place, kind=OwnGroup.Kind.BY_HAND, name=f"{mark}group", name_index=mark, made_by_id=0,
            made_by_name="x",
        )  # fmt: skip
        OwnGroupMember.objects.create(group=group, **both)
        for barred in (False, True):
            secret = "barred" if barred else "open"
            opening = Opening.objects.create(
                **both, person_id=1, person_name=f"{mark}{secret}opener", because="harm", reason="x",
                head_barred=barred, starts_at=NOW - timedelta(days=9), ends_at=NOW - timedelta(days=8, hours=12),
            )  # fmt: skip
            Explanation.objects.create(opening=opening, establishment=place, text=f"{mark}{secret}explained", at=NOW)
            Closing.objects.create(
                child=of.child, authoriser=f"{mark}{secret}closer", basis="court", reason="x", head_barred=barred,
                starts_at=NOW - timedelta(days=9), ends_at=NOW - timedelta(days=8), asked_by_id=1, asked_by_name="x",
            )  # fmt: skip
            NamedChild.objects.create(
                child=of.child, person_id=1, person_name=f"{mark}{secret}named", through="edunet", reason="x",
                source=f"duty:9{barred:d}", head_barred=barred, starts_on=TODAY, ends_on=TODAY, ended_at=NOW,
                named_by_name="x",
            )  # fmt: skip
        other = Child.objects.create(upn_index=crypto.blind_index(f"{mark}other"), same_as=of.child)
        ChildMerge.objects.create(child=other, into=of.child, because=f"{mark}merge", by_name="x")
