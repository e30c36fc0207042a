"""The summary of errors leads to what is on the page, and to nothing else (R30, WCAG 2.4.4)."""

import re
from collections.abc import Callable

import pytest
from django.utils import timezone

from access_register.models import RegisterLine
from sharing.models import Download, Release
from tests import figures
from tests.downloads.reading import asked_for
from tests.people import EDUNET, as_batch, client
from tests.sharing.moves import BECKSIDE, RAVENSGILL, agreed, asserted

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def of_a_transfer() -> tuple[str, object, str]:
    return "deputy-ravensgill", None, f"/establishments/{RAVENSGILL}/transfers/{agreed().pk}/answer/"


def of_a_download() -> tuple[str, object, str]:
    number = asked_for()
    with as_batch():
        now = timezone.now()
        facts = {"state": "collected", "collected_at": now, "disposed_at": now, "disposed_how": "deleted"}
        Download.objects.filter(pk=number).update(**facts)
    return "head-beckside", None, f"/my-downloads/{number}/"


def of_lines_to_copy() -> tuple[str, object, str]:
    with as_batch():
        ended = RegisterLine.objects.filter(establishment__urn=BECKSIDE, ends_on__lt=TODAY)
        ended.update(withdrawn_at=timezone.now())
    return "head-beckside", None, f"/establishments/{BECKSIDE}/register/copy/"


def of_a_review() -> tuple[str, object, str]:
    with as_batch():
        RegisterLine.objects.filter(establishment__urn=BECKSIDE).update(review_due_on=None)
    return "head-beckside", None, f"/establishments/{BECKSIDE}/register/review/"


def of_a_release() -> tuple[str, object, str]:
    with as_batch():
        release = figures.release("ks2", 1999, {(999002, "ks2_rwm_expected"): 61})
        Release.objects.filter(pk=release.pk).update(state="withdrawn")
    return "officer-data", EDUNET, f"/releases/{release.pk}/withdraw/"


def summary(page: str) -> str:
    """Up to the text of the page below it."""
    return page.partition("govuk-error-summary__body")[2].partition("</div>")[0]


@pytest.mark.parametrize("settled", [of_a_transfer, of_a_download, of_lines_to_copy, of_a_review, of_a_release])
def test_of_what_is_settled_meanwhile_it_is_words_without_a_link(settled: Callable[[], tuple]) -> None:
    """R30: the form has gone from the page, and what is wrong is still said."""
    slug, through, address = settled()
    answer = client(slug, *([through] if through else [])).post(address, {"answer": "yes", "because": "Wrong"})
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert re.search(r"<li>[^<]+</li>", summary(shown))
    assert "<a " not in summary(shown)


def test_of_a_form_that_is_there_it_leads_to_the_field() -> None:
    """R30."""
    address = f"/establishments/{RAVENSGILL}/transfers/{asserted().pk}/answer/"
    shown = client("head-ravensgill").post(address, {"because": ""}).content.decode()
    (target,) = re.findall(r'<a href="#([^"]+)">Say whether', summary(shown))
    assert shown.count(f'id="{target}"') == 1
