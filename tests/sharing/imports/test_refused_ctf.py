"""A Common Transfer File that was refused: whoever does as its page says brings it in (R7, R30)."""

import re
from datetime import datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from sharing import door
from sharing.ctf.writer import School, write_ctf
from sharing.imports import running
from sharing.imports.told import ToldPupil
from sharing.models import PupilNeeds, Transfer
from tests import factories
from tests.people import as_batch, asker, client

BECKSIDE, RAVENSGILL = 999002, 999003


def brought(content: bytes) -> str:
    """What the page of the import says to the head once the worker has checked the file."""
    typed = {"kind": "ctf", "file": SimpleUploadedFile("ctf.xml", content)}
    page = client("head-beckside").post(f"/establishments/{BECKSIDE}/imports/add/", typed)["location"]
    running.do_next()
    return " ".join(re.sub(r"<[^>]+>", "", client("head-beckside").get(page).content.decode()).split())


def school(urn: int) -> School:
    place = factories.establishment(urn)
    return School(f"{place.la_code}{place.establishment_number:04}", place.name)


@pytest.mark.usefixtures("own_database")
def test_where_its_transfer_waits_for_an_answer_the_same_file_goes_in_once_that_is_given() -> None:
    """R7: nobody is sent to the other school, nor to correct anything in a system that did not make the file."""
    today, pupil = timezone.localdate(), factories.pupil(RAVENSGILL)
    factories.enrolment(pupil, today - timedelta(days=365))
    coming = {"to": BECKSIDE, "expected_on": today + timedelta(days=7)}
    door.begin_transfer(asker("head-ravensgill"), RAVENSGILL, pupil.pk, **coming)
    record = {name: getattr(pupil, name) for name in ("surname", "forename", "born_on", "sex")}
    told = ToldPupil(1, pupil.upn, record=record, parts={PupilNeeds: [{"sen_provision": "K"}]})
    made = datetime.combine(today - timedelta(days=1), datetime.min.time())
    file = write_ctf([told], source=school(RAVENSGILL), destination=school(BECKSIDE), at=made, year=made.year)
    refused = brought(file)
    assert "If one waits for your answer under Transfers, accept it first." in refused
    assert "Do what is listed below. Then upload the file again, or the one that is sent to you instead." in refused
    assert "Correct what is listed below in your system" not in refused
    with as_batch():
        waits = Transfer.objects.get(leaving=pupil)
    answer = f"/establishments/{BECKSIDE}/transfers/{waits.pk}/answer/"
    assert client("head-beckside").post(answer, {"answer": "yes"}).status_code == 302
    assert "What would change" in brought(file)
