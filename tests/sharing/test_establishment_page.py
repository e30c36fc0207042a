"""What an establishment's page says of the place itself (R3)."""

from decimal import Decimal

import pytest

from sharing.measures.context import MEASURES
from tests import figures
from tests.people import as_batch, client

pytestmark = pytest.mark.django_db
BECKSIDE = 999002


def test_a_figure_of_deprivation_says_what_it_is() -> None:
    """Nobody needs to have met the index before to read 0.181."""
    with as_batch():
        figures.without_the_demonstrations()
        figures.out("deprivation", 2024, {(BECKSIDE, "idaci"): Decimal("0.181")})
    page = client("governor-beckside").get(f"/establishments/{BECKSIDE}/").content.decode()
    (idaci,) = [measure for measure in MEASURES if measure.code == "idaci"]
    assert "The share, from 0 to 1, of children in families of low income" in idaci.definition
    assert f'0.181<p class="govuk-hint govuk-!-margin-bottom-0">{idaci.definition}</p>' in page
