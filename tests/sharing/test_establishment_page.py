"""What an establishment's page says of the place itself (R3)."""

from datetime import timedelta
from decimal import Decimal

import lxml.html
import pytest
from django.utils import timezone

from sharing.days import day_in_words
from sharing.measures.context import MEASURES
from sharing.models import Establishment
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
    assert "The share, from 0 to 1, of children in low-income families" in idaci.definition
    assert f'0.181<p class="govuk-hint govuk-!-margin-bottom-0">{idaci.definition}</p>' in page


@pytest.mark.parametrize(("offset", "word"), [(-1, "Closed"), (0, "Closes"), (90, "Closes")])
def test_a_closing_that_is_to_come_is_not_told_as_done(offset: int, word: str) -> None:
    """P9: the national register gives the day of one that is proposed, and it may be put off."""
    last_day = timezone.localdate() + timedelta(days=offset)
    with as_batch():
        Establishment.objects.filter(urn=BECKSIDE).update(close_date=last_day)
    page = client("head-beckside").get(f"/establishments/{BECKSIDE}/").content.decode()
    told = dict.fromkeys(("Closed", "Closes"), "")
    for row in lxml.html.fromstring(page).xpath("//div[dt]"):
        key, value = (" ".join(cell.text_content().split()) for cell in (row.find("dt"), row.find("dd")))
        told |= {key: value} if key in told else {}
    assert told == {"Closed": "", "Closes": ""} | {word: day_in_words(last_day)}
