"""A head keeps the Access Register, and what that opens and closes."""

import pytest

from sharing.demo.places import BECKSIDE
from tests.journeys.conftest import Browse

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
HERE = f"/establishments/{BECKSIDE}"


def test_trial(browse: Browse) -> None:
    head = browse("head-beckside")
    for path in (
        "/",
        "/establishments/",
        f"{HERE}/",
        f"{HERE}/pupils/",
        f"{HERE}/staff/",
        f"{HERE}/register/",
        f"{HERE}/register/add/",
    ):
        head.visits(path)
    head.visits("/nothing/", status=404)
    nojs = browse("head-beckside", scripts=False)
    nojs.visits("/guidance/")
