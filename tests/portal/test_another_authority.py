"""A portal of another authority says nothing of Bradford (P2)."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client, override_settings
from django.utils import timezone
from django.views.defaults import server_error

from access_register.models import Person, ProtocolVersion
from portal.checks import the_authority_is_told_whole
from sharing.authority import authority_in_statistics
from sharing.files.files import _geography
from sharing.imports.pupil_csv import WHOSE, PupilRow
from tests.people import EDUNET, as_batch, client
from tests.sharing.gias_files import gias_file, school

ROOT = Path(__file__).parents[2]
LEEDS = {
    "AUTHORITY_CODE": 383, "AUTHORITY_NAME": "Leeds City Council", "AUTHORITY_AREA": "Leeds",
    "AUTHORITY_AREA_CODE": "E08000035", "AUTHORITY_REGION_CODE": "E12000003",
}  # fmt: skip


def test_no_template_names_an_authority() -> None:
    """Pages, emails and reports: the settings name it."""
    named = [path for path in (ROOT / "templates").rglob("*.*") if "Bradford" in path.read_text(encoding="utf-8")]
    assert named == []


def test_files_of_figures_bear_the_authoritys_own_codes() -> None:
    with override_settings(**LEEDS | {"AUTHORITY_REGION_CODE": "E12000004"}):
        assert _geography("School")[3:] == ("E12000004", "East Midlands", "383", "E08000035", "Leeds")
        assert authority_in_statistics() == ("E92000001", "England", "E08000035", "383", "Leeds")


def test_what_is_not_said_is_not_taken_from_bradford() -> None:
    """With another code, `check` names what is missing, and so does gunicorn before it serves."""
    said = {name: value for name, value in os.environ.items() if not name.startswith("AUTHORITY_")}
    code = "import django; django.setup(); from portal.checks import the_authority_is_told_whole as c; print(c(None))"
    with_code = said | {"AUTHORITY_CODE": "383", "AUTHORITY_AREA": "Leeds", "DJANGO_SETTINGS_MODULE": "portal.settings"}
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=with_code, capture_output=True, text=True, check=True
    )
    assert "AUTHORITY_NAME, AUTHORITY_AREA_CODE, AUTHORITY_REGION_CODE." in ran.stdout


def test_the_teams_that_own_the_figures_are_told_too() -> None:
    """R22: each dataset has an owner, and another council calls its teams otherwise."""
    code = """import django; django.setup(); from sharing.measures.catalogue import DATASETS
print(sorted({kind.owner for kind in DATASETS}))"""
    teams = {"DATA_TEAM": "Insight", "ATTENDANCE_TEAM": "Attendance Strategy"}
    env = dict(os.environ) | teams | {"DJANGO_SETTINGS_MODULE": "portal.settings"}
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    assert ran.stdout == "['Attendance Strategy', 'Insight']\n"


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("AUTHORITY_REGION_CODE", "E12000010"),
        ("AUTHORITY_AREA_CODE", "383"),
        ("AUTHORITY_AREA_CODE", "E0800003"),
    ],
)
def test_a_wrong_code_is_named(name: str, wrong: str) -> None:
    with override_settings(**LEEDS):
        assert the_authority_is_told_whole(None) == []
    with override_settings(**LEEDS | {name: wrong}):
        (error,) = the_authority_is_told_whole(None)
        assert f"missing or wrong: {name}." in error.msg


def test_the_page_for_faults_names_it_too() -> None:
    """It is made without anything that a page knows."""
    with override_settings(**LEEDS):
        browser = Client(raise_request_exception=False, headers={"host": settings.SITE_HOSTS["schools_online"]})
        assert "Leeds City Council" in server_error(browser.get("/sign-in/").wsgi_request).content.decode()


@pytest.mark.django_db
def test_establishments_of_an_authority_that_is_not_ours(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    """Whoever forgot AUTHORITY_CODE is told why nobody takes part."""
    row = school(100002) | {"LA (code)": "383"}
    call_command("import_gias", gias_file(tmp_path, [row]), la=383)
    assert "None of 383 takes part: AUTHORITY_CODE is 380." in capsys.readouterr().err


def test_the_demonstration_is_of_the_authority_that_is_said() -> None:
    """Figures count the authority's own alone: with nobody to count, `manage.py demo` ended with a traceback."""
    code = (
        "import django; django.setup(); from sharing.demo.places import LA; "
        "from sharing.demo.bradford.places import PUPILS, places; print(LA, places(PUPILS)[0].dfe_number)"
    )
    said = {name: str(value) for name, value in LEEDS.items()} | {"DJANGO_SETTINGS_MODULE": "portal.settings"}
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=os.environ | said, capture_output=True, text=True, check=True
    )
    ours, number = ran.stdout.split()
    assert (ours, number[:3]) == ("383", "383")


@pytest.mark.parametrize("typed", ["2901", "3.8E+06"])
def test_a_number_to_follow_is_one_of_our_own_authority(typed: str) -> None:
    with override_settings(**LEEDS):
        row = PupilRow(2, {"dfe_number": typed}.__getitem__, WHOSE)
        row.dfe_number(known=set())
    assert [problem.cure.endswith(" 383/2901.") for problem in row.problems] == [True]


def page(browser: Client) -> str:
    return browser.get("/").content.decode()


@pytest.mark.django_db
def test_its_information_manager_is_told_that_people_accept_bradfords_protocol() -> None:
    """R42: until it has published its own. At Bradford nobody is told."""
    told, browser = "people accept Bradford’s of 2012", client("officer-information", EDUNET)
    assert told not in page(browser)
    with override_settings(**LEEDS):
        assert told in page(browser)
        assert told not in page(client("officer-school-improvement", EDUNET))
        with as_batch():
            facts = {"purpose": "To learn.", "summary": "- Learn.", "text": "1. We learn."}
            ProtocolVersion.objects.create(number="Leeds 1", in_force_from=timezone.localdate(), **facts)
            Person.objects.update(protocol_accepted_until=timezone.localdate())
        assert told not in page(browser)
