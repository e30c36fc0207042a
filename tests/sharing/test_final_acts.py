"""What is final, and what ends somebody's access, says so on the page before it is done (R30, R44)."""

from collections.abc import Callable

import pytest
from django.test import Client

from sharing import door
from sharing.models import Import
from tests import factories
from tests.access_register import duties
from tests.access_register.invitations import invite, line_of
from tests.downloads.test_disposal import in_hand
from tests.measures import releases
from tests.people import EDUNET, as_batch, client
from tests.sharing import moves
from tests.sharing.challenges import HEAD, HERE, TEACHER, child, raised

pytestmark = pytest.mark.django_db


def checked_release() -> tuple[Client, str]:
    release = releases.prepared()
    door.check_release(releases.officer(), release.pk)
    return client(releases.DATA, EDUNET), f"/releases/{release.pk}/"


def invited_line() -> tuple[Client, str]:
    invite()
    return client(HEAD), f"{HERE}/register/{line_of().pk}/withdraw/"


def officer_with_duties() -> tuple[Client, str]:
    duties.give(data=["view_pupils", "view_staff"])
    return client(duties.MANAGER, EDUNET), f"/officers/{duties.appointment(duties.FIONA).pk}/end/"


def file_of_leavers() -> tuple[Client, str]:
    with as_batch():
        made = Import.objects.create(
            kind="census", state=Import.State.READY, establishment=factories.establishment(999002), file_name="x",
            file_hash="x", by="x", report={"title": "", "changes": [["Leavers", 40]], "notes": [], "places": []},
        )  # fmt: skip
    return client(HEAD), f"{HERE}/imports/{made.pk}/"


ACTS: dict[str, Callable[[], tuple[Client, str]]] = {
    "An answer closes the challenge, and cannot be changed.": lambda: (
        client(HEAD), f"{HERE}/challenges/{raised(child())}/",
    ),
    "You cannot take back a confirmation": lambda: (client(HEAD), f"{HERE}/returns/"),
    "Say so only when you have destroyed it: you cannot take it back.": lambda: (
        client(TEACHER),
        f"/my-downloads/{in_hand()}/",
    ),
    "Once it is out, you can correct it with a new version": checked_release,
    "The link in the invitation to nadia.new@beckside.example will no longer work.": invited_line,
    "2 duties end at the same time.": officer_with_duties,
    "After their last day, you no longer see the 40 leavers, unless you still have to send a transfer file.":
        file_of_leavers,
    "You cannot take back your answer.": lambda: (
        client(moves.RECEIVER), f"/establishments/{moves.RAVENSGILL}/transfers/{moves.asserted().pk}/answer/",
    ),
    "If it turns out to be wrong, start a transfer back, or record": lambda: (
        client(moves.RECEIVER), f"/establishments/{moves.RAVENSGILL}/transfers/{moves.agreed().pk}/arrived/",
    ),
    "If anything else is wrong, end the contract and record another.": lambda: (
        client(HEAD), f"{HERE}/register/third-parties/add/",
    ),
}  # fmt: skip


@pytest.mark.parametrize("words", ACTS)
def test_it_is_said_before(words: str) -> None:
    browser, page = ACTS[words]()
    answer = browser.get(page)
    assert (answer.status_code, words in answer.content.decode()) == (200, True)
