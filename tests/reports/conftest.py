"""Fixtures of the reports' tests. Without pango there is no PDF, and a test of one is skipped, save in CI."""

import os

import pytest

from sharing.reports import pdf
from tests import figures


@pytest.fixture
def pango() -> None:
    if pdf.missing():
        say = pytest.fail if os.environ.get("PORTAL_BROWSER") == "required" else pytest.skip
        say(f"No PDF can be made on this machine: apt-get install {' '.join(pdf.missing())}")


@pytest.fixture
def nothing_released(db: None) -> None:
    figures.without_the_demonstrations()
