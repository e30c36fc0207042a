"""Lists of what was decided and done grow for years: each row of them is on one of their pages (R43)."""

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from access_register.models import Order
from sharing import door
from sharing.models import Closing, Disposal, LegalHold, Opening, StatisticsRequest, SubjectRequest, VisitNote
from sharing.records import PAGE_SIZE
from tests.access_register import casework
from tests.downloads import test_subject_access as asking
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, asker, client
from tests.retention.test_disposal import hold
from tests.sharing import closings, glass
from tests.sharing.closings import BECKSIDE, FIONA, HEAD, MANAGER
from tests.sharing.glass import child

pytestmark = pytest.mark.django_db
HERE = f"/establishments/{BECKSIDE}"
AUTHORISER, AUTHOR = casework.AUTHORISER, "officer-data"


def note() -> None:
    door.write_note(asker(AUTHOR, EDUNET), BECKSIDE, text="Ask about reading", for_head=True)


def open_statistics() -> None:
    with as_batch():
        StatisticsRequest.objects.create(academic_year=1999, asked_by="Somebody", asked_by_id=1, state="refused")


class Case(NamedTuple):
    """A list: how a row of it comes to be, who reads it where, and what the page calls it."""

    begin: Callable[[], Any]
    model: Any
    slug: str
    through: str
    path: str
    called: str


LISTS = {
    "one's openings": Case(
        lambda: glass.break_it(child()), Opening, FIONA, EDUNET, "/break-glass/yours/", "openings"
    ),
    "openings, as head": Case(
        lambda: glass.break_it(child()), Opening, HEAD, SCHOOLS_ONLINE, f"{HERE}/opened-records/", "openings"
    ),
    "openings, as manager": Case(
        lambda: glass.break_it(child()), Opening, MANAGER, EDUNET, f"{HERE}/opened-records/", "openings"
    ),
    "closings": Case(
        lambda: closings.close(child()), Closing, MANAGER, EDUNET, "/closed-children/", "closings"
    ),
    "closings, as head": Case(
        lambda: closings.close(child()), Closing, HEAD, SCHOOLS_ONLINE, f"{HERE}/closed-records/", "closings"
    ),
    "overrides": Case(
        lambda: casework.order(child()), Order, MANAGER, EDUNET, "/legal-overrides/", "orders"
    ),
    "overrides to authorise": Case(
        lambda: casework.order(child()), Order, AUTHORISER, EDUNET, "/legal-overrides/to-authorise/", "orders"
    ),
    "requests for a record": Case(
        lambda: asking.request_of(child(), MANAGER), SubjectRequest, MANAGER, EDUNET, "/subject-access/", "requests"
    ),
    "requests, as head": Case(
        lambda: asking.request_of(child(), HEAD), SubjectRequest, HEAD, SCHOOLS_ONLINE, f"{HERE}/subject-access/",
        "requests",
    ),
    "disposals": Case(
        lambda: door.ask_for_disposal(asker(MANAGER, EDUNET)), Disposal, MANAGER, EDUNET, "/retention/", "disposals"
    ),
    "holds": Case(lambda: hold(urn=BECKSIDE), LegalHold, MANAGER, EDUNET, "/retention/holds/", "holds"),
    "open statistics": Case(
        open_statistics, StatisticsRequest, AUTHOR, EDUNET, "/releases/open-statistics/", "requests"
    ),
    "notes for a visit": Case(note, VisitNote, AUTHOR, EDUNET, f"{HERE}/visit/", "notes"),
    "notes, as head": Case(note, VisitNote, HEAD, SCHOOLS_ONLINE, f"{HERE}/officers-notes/", "notes"),
}  # fmt: skip


@pytest.mark.parametrize("case", LISTS.values(), ids=LISTS)
def test_every_row_is_on_a_page(case: Case) -> None:
    """R43: what is past the newest is not out of sight. The next page is a link."""
    with as_batch():
        before = set(case.model.objects.values_list("pk", flat=True))
    case.begin()
    with as_batch():
        (first,) = case.model.objects.exclude(pk__in=before)
        unique = [field for field in case.model._meta.fields if field.unique and not field.primary_key]
        for _ in range(2 * PAGE_SIZE):
            first.pk = None
            for field in unique:
                setattr(first, field.name, field.get_default())
            first._state.adding = True
            first.save()
        made = set(case.model.objects.values_list("pk", flat=True)) - before
    browser, seen = client(case.slug, case.through), set[int]()
    for number in (1, 2, 3):
        page = browser.get(case.path, {"page": number})
        seen |= {row.id for row in getattr(page.context["found"], case.called)}
        assert 'aria-label="Pages of ' in page.content.decode()
    assert made <= seen
