"""What is typed comes back as the text it is: in pages, addresses, files and searches; script and SQL too (R2, R13).

Both sites are walked once, as people who see much of them, over rows that have the mark in every column of words.
"""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.http import HttpResponse

from sharing.door.pupil_filter import FILTERS
from tests.attack import world
from tests.attack.addresses import Address, every_address
from tests.attack.forms import OURS, everything
from tests.people import EDUNET, SCHOOLS_ONLINE, client

pytestmark = [pytest.mark.xdist_group("attack")]
MARK = "=1+1<b>\"'"
TYPED = "x'\"><i>) OR 1=1;--%\\\0"
AS_MARKUP = ("<b>\"'", '"><i>')
# Who walks: the first of them who is shown the page.
WALKERS = {
    SCHOOLS_ONLINE: ("head-beckside",),
    EDUNET: ("officer-information", "officer-school-improvement", "officer-admissions", "officer-data"),
}
# Left out, because they end the walk or start another session.
NOT_WALKED = {"account_logout", "sign_out_everywhere", "demo_sign_in", "account_change_password", "health"}
ENOUGH = {SCHOOLS_ONLINE: 100, EDUNET: 50}  # pages shown; with fewer, the walk has not seen the portal
# Data for a script ("application/json") does not count as script.
INLINE = re.compile(
    r"<script(?![^>]*\s(?:src=|type=\"application/json\"))[^>]*>|<[^>]*\s(?:on[a-z]+|style)=|(?:href|src|action)=[\"']?\s*javascript:"
)
NAMES_IN_CODE = re.compile(r"(?:typed_\w+\(request, |_one_of\(request, |GET\.get\(|row_number\(request, )\"(\w+)\"")


@dataclass(frozen=True)
class Seen:
    """An answer, and how it was asked for: plainly, with something typed into its address, or by a form."""

    how: str
    address: Address
    answer: HttpResponse

    @property
    def is_page(self) -> bool:
        return self.answer.get("Content-Type", "").startswith("text/html")

    @property
    def text(self) -> str:
        return self.answer.content.decode()

    def __str__(self) -> str:
        return f"{self.how} {self.address.site} {self.address.name}"


def names_in_addresses() -> set[str]:
    """Every name that our code reads from an address."""
    files = (path for package in OURS for path in (Path(settings.BASE_DIR) / package).rglob("*.py"))
    found = {name for path in files for name in NAMES_IN_CODE.findall(path.read_text())}
    return found | {filter_.name for filter_ in FILTERS} | {"q", "anything"}


@pytest.fixture(scope="module")
def walked(planted: None) -> Iterator[list[Seen]]:
    with transaction.atomic():
        poisoned = world.poison(MARK)
        assert len(poisoned) > 120, sorted(poisoned)
        yield list(_walk())
        transaction.set_rollback(True)


def _walk() -> Iterator[Seen]:
    numbers, form, known = world.numbers_of(world.BECKSIDE), everything(TYPED), set()
    typed = dict.fromkeys(names_in_addresses(), TYPED)
    for site, slugs in WALKERS.items():
        walkers = [client(slug, site) for slug in slugs]
        for browser in walkers:
            browser.raise_request_exception = False
        for address in every_address(site):
            if address.view in known or address.name in NOT_WALKED:
                continue
            known.add(address.view)
            path = address.path(numbers)
            for browser in walkers:
                answer = browser.get(path)
                if answer.status_code not in (403, 404):
                    break
            yield Seen("plainly", address, answer)
            if answer.status_code == 200:
                yield Seen("typed", address, browser.get(path, typed))
            if answer.status_code in (200, 405):
                with transaction.atomic():
                    yield Seen("sent", address, browser.post(path, form))
                    transaction.set_rollback(True)


def test_the_walk_has_seen_the_portal(walked: list[Seen]) -> None:
    for site, enough in ENOUGH.items():
        shown = {each.address.name for each in walked if each.address.site == site and each.answer.status_code == 200}
        assert len(shown) > enough, sorted(shown)
    assert sum("&lt;b&gt;" in each.text for each in walked if each.is_page) > 100
    assert sum("&lt;i&gt;" in each.text for each in walked if each.is_page) > 10


def test_nothing_that_is_typed_is_a_fault(walked: list[Seen]) -> None:
    """SQL, quotes, a null, a backslash and wildcards, in every search, filter, form and number."""
    assert [f"{each} {each.answer.status_code}" for each in walked if each.answer.status_code >= 500] == []


def test_markup_is_shown_and_not_read(walked: list[Seen]) -> None:
    """Stored and reflected: everybody's names, words and titles; every field of an address and of a form."""
    read = [str(each) for each in walked if each.is_page for sign in AS_MARKUP if sign in each.text]
    assert read == []


def test_no_page_has_script_or_style_of_its_own(walked: list[Seen]) -> None:
    """So that the policy need not allow any, and whatever gets in does not run."""
    inline = [(str(each), INLINE.search(each.text)[0]) for each in walked if each.is_page and INLINE.search(each.text)]
    assert inline == []
    for each in walked:
        policy = each.answer["Content-Security-Policy"]
        assert "default-src 'none'" in policy, each
        assert "script-src 'self'" in policy, each
        assert not {"'unsafe-inline'", "'unsafe-eval'", "*", "data:"} & set(re.split("[ ;]+", policy)), each
        assert each.answer["X-Content-Type-Options"] == "nosniff", each


def test_what_one_is_shown_is_kept_by_nobody(walked: list[Seen]) -> None:
    """R13: no browser, proxy or back button: pages, files, redirects and refusals."""
    kept = [
        str(each)
        for each in walked
        if not {"no-store", "private"} <= set(re.split("[ ,]+", each.answer.get("Cache-Control", "")))
    ]
    assert kept == []


def test_nothing_leads_off_the_site(walked: list[Seen]) -> None:
    led = [(str(each), each.answer["Location"]) for each in walked if "Location" in each.answer]
    assert len(led) > 20
    assert [line for line in led if not re.match(r"/(?![/\\])|\?", line[1])] == []


def test_no_file_holds_a_formula(walked: list[Seen]) -> None:
    """R14: names of people and places that begin with = are text in CSV, whoever wrote them."""
    files = [each for each in walked if each.answer.get("Content-Type", "").startswith("text/csv")]
    acts = [
        (str(each), cell)
        for each in files
        for row in csv.reader(io.StringIO(each.text.lstrip("\ufeff")))
        for cell in row
        if re.match(r"\s*[=@]|\s*[+-](?![\d.,%]*$)", cell)
    ]
    assert len(files) > 5
    assert acts == []


def test_no_name_of_a_file_breaks_out_of_its_header(walked: list[Seen]) -> None:
    whole = re.compile(r"attachment; filename(=\"([^\"\\\r\n]|\\.)*\"|\*=utf-8''[\w.%~-]+)")
    named = [(str(each), each.answer["Content-Disposition"]) for each in walked if "Content-Disposition" in each.answer]
    assert len(named) > 5
    assert [line for line in named if not whole.fullmatch(line[1])] == []


def test_whatever_is_refused_by_get_is_refused_without_content_too(walked: list[Seen]) -> None:
    """HEAD: a form is not carried out by it."""
    refused: dict[Any, list[Address]] = {}
    for each in walked:
        if each.how == "plainly" and each.answer.status_code == 405:
            refused.setdefault(each.address.site, []).append(each.address)
    numbers = world.numbers_of(world.BECKSIDE)
    for site, addresses in refused.items():
        browser = client(WALKERS[site][0], site)
        assert {browser.head(address.path(numbers)).status_code for address in addresses} <= {403, 404, 405}
