"""A page leads to the next step of a task, and back to where somebody came from (R30)."""

import re
from html import unescape

import pytest

from sharing import door
from sharing.authorise import Through
from sharing.models import Download
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, asker, client
from tests.sharing.moves import BECKSIDE, RAVENSGILL, SENDER, agreed, asserted, day, on_roll

pytestmark = pytest.mark.django_db
HERE = f"/establishments/{BECKSIDE}"
SKELBROOK, OXENBY = 999012, 999005
PRIMARIES = (BECKSIDE, RAVENSGILL, 999009, SKELBROOK, 999999)
SITES = [(SENDER, SCHOOLS_ONLINE), ("officer-data", EDUNET)]


def read(slug: str, path: str, site: Through = SCHOOLS_ONLINE) -> str:
    answer = client(slug, site).get(path)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def links(page: str) -> list[str]:
    return re.findall(r'href="([^"]*)"', page)


class TestTheTransferFile:
    """R8, R14: what is said before an unencrypted file is made has been read, and its record ends with the file."""

    @pytest.mark.parametrize(("slug", "site"), SITES)
    def test_the_list_leads_to_the_page_that_says_what_to_do_with_it(self, slug: str, site: Through) -> None:
        """R43: the button in the list made the file itself. Nobody read that it is not encrypted."""
        file = f"{HERE}/transfers/{agreed().pk}/file/"
        inbox = read(slug, f"{HERE}/transfers/", site)
        assert file in links(inbox)
        assert f'action="{file}"' not in inbox
        page = read(slug, file, site)
        assert "The file is not encrypted" in page
        assert "you no longer see the record once you have made the file" in page
        assert {"/my-downloads/", f"{HERE}/transfers/"} <= set(links(page))
        with as_batch():
            assert not Download.objects.filter(kind=Download.Kind.TRANSFER_FILE).exists()

    @pytest.mark.parametrize(("slug", "site"), SITES)
    def test_the_record_of_a_child_who_leaves_the_community_leads_to_theirs(self, slug: str, site: Through) -> None:
        """R8: nothing led to it."""
        pupil = on_roll()
        record = f"{HERE}/pupils/{pupil.pk}/"
        assert f"{record}transfer-file/" not in links(read(slug, record, site))
        door.end_enrolment(asker(SENDER), BECKSIDE, pupil.pk, last_day=day(3), reason="EL")
        assert f"{record}transfer-file/" in links(read(slug, record, site))
        page = read(slug, f"{record}transfer-file/", site)
        assert "you no longer see the record once" not in page
        assert f"{HERE}/joiners-and-leavers/" in links(page)

    def test_not_that_of_a_child_who_is_moving_within_it_nor_for_who_keeps_no_records(self) -> None:
        """R7: the file goes with the transfer."""
        moving, leaving = on_roll(), on_roll()
        asserted(moving)
        for pupil in (moving, leaving):
            door.end_enrolment(asker(SENDER), BECKSIDE, pupil.pk, last_day=day(3), reason="EL")
        for slug, pupil in ((SENDER, moving), ("teacher-beckside", leaving)):
            record = f"{HERE}/pupils/{pupil.pk}/"
            assert f"{record}transfer-file/" not in links(read(slug, record))

    def test_nor_of_a_child_who_stays_under_another_registration(self) -> None:
        """The file is refused then, so no link leads to it."""
        pupil = on_roll(kind="M")
        with as_batch():
            guest = {"kind": "G", "starts_on": day(-30), "ends_on": day(9)}
            pupil.enrolments.create(establishment_id=pupil.establishment_id, **guest)
        record = f"{HERE}/pupils/{pupil.pk}/"
        assert f"{record}transfer-file/" not in links(read(SENDER, record))
