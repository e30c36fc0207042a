"""Fixtures of the reports' tests."""

import pytest

from tests import figures


@pytest.fixture
def nothing_released(db: None) -> None:
    figures.without_the_demonstrations()
