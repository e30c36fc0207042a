"""What tests of figures begin with."""

from datetime import date

import pytest
from django.db import connection
from django.utils import timezone


@pytest.fixture
def nothing_released(nothing_released: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")  # as it is for whoever brings a file in


@pytest.fixture
def today() -> date:
    return timezone.localdate()
