"""What the home pages say in numbers, followed in the demonstration: the page has as many (R36, R39).

And every link that somebody is shown leads to a page that they may open.
"""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

import pytest
from django.db import connections
from django.test import Client
from django.urls import resolve
from django.utils import timezone
from lxml import html

from access_register.demo import story
from access_register.demo.cast import CAST
from portal.sites import SITES
from sharing.authorise import Through
from tests import databases
from tests.conftest import WORKER
from tests.people import client

PEOPLE = [
    (member.slug, Through(site)) for member in CAST if member.accepted and not member.superuser for site in member.sites
]
WALKERS = {"head-beckside", "assistant-beckside", "third-party-beckside", "officer-information", "officer-data"}
NO_PAGE = re.compile(r"/(sign-out|demo|static)/")

OPEN_CHALLENGES = "//main//tr[td[4]][not(.//strong[contains(@class, '--gr')])]"  # neither green nor grey
TOTAL = "//main//caption[contains(., ' of ')]"
OF_A_PLACE = "//main//li//span[contains(@class, '__meta')]"
# The words after a number -> what the page has as many of, by XPath.
COUNTED = {
    r"(person|people) to confirm": "//main//input[@name='lines']",
    r"challenges? to answer": f"{OPEN_CHALLENGES}[contains(td[3], 'Level 1')] | {OF_A_PLACE}[contains(., 'waiting')]",
    r"waiting for an answer$": OPEN_CHALLENGES,
    r"certificates? of destruction": "//main//ul[@aria-labelledby='owing']/li",
    r"returns? to confirm": "//main//form[contains(@action, '/returns/confirm/')]",
    r"coming to you (is|are) waiting|for the school’s answer": (
        "//main//h3[starts-with(., 'Waiting for your answer')]/following::ul[1]/li"
    ),
    r"child(ren)? overdue to arrive": "//main//h3[starts-with(normalize-space(), 'Overdue')]/following::ul[1]/li",
    r"cases? to vote on": "//main//li[contains(., 'You are on the panel') and contains(., 'Open')]",
    r"cases? about a breach to answer": "//main//li[contains(., 'Against you') and contains(., 'Open')]",
    r"taken by others, overdue|of yours to destroy now": "//main//strong[.='Overdue']",
    r"records? opened for safeguarding": "//main//form[.//button[@name='mark']]",
    r"unusual patterns? to look at": "//main//strong[.='To look at']",
    r"for your support to answer": "//main//strong[.='Waiting for your answer']",
    r"of yours (is|are) waiting for support": "//main//li[contains(., 'Waiting for their answer')]",
    r"that you opened needs? to be explained": "//main//form[contains(@action, 'explain')]",
    r"pages? of advice to agree to": "//main//strong[.='Waiting for your agreement']",
    r"heads? to verify": "//main//form[contains(@action, '/verify/')]",
    r"opened without a duty": f"{OF_A_PLACE}[contains(., 'to look at')]",
    r"child(ren)? (is|are) waiting for a school|child(ren)? (is|are) overdue|releases? to check": TOTAL,
    r"^: ": TOTAL,
    r"of \d+ children: ": TOTAL,
}


@pytest.fixture(scope="module", autouse=True)
def told(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A copy of the template in which the story has been told."""
    with django_db_blocker.unblock(), databases.copy(f"portal_{databases.RUN}_{WORKER}_numbers"):
        assert story.tell(timezone.localdate()) == ()
        yield
        connections.close_all()


def links_of(browser: Client, page: str) -> list[tuple[str, str]]:
    """(address, words) of each link to a page of ours."""
    reply = browser.get(page, follow=True)
    assert reply.status_code == 200, f"{page}: {reply.status_code}"
    if "html" not in reply.headers["Content-Type"]:
        return []
    here = reply.redirect_chain[-1][0] if reply.redirect_chain else page
    links = html.fromstring(reply.content).xpath("//a[@href]")
    found = [(urlsplit(urljoin(f"http://x{here}", link.get("href"))), link.text_content()) for link in links]
    return [
        (f"{there.path}?{there.query}", " ".join(words.split()))
        for there, words in found
        if there.netloc == "x" and not NO_PAGE.match(there.path)
    ]


def number_there(browser: Client, page: str, words: str) -> int:
    (wanted,) = [xpath for about, xpath in COUNTED.items() if re.search(about, words)]
    found = html.fromstring(browser.get(page, follow=True).content).xpath(wanted)
    return sum(_number_of(node.tag, node.text_content()) for node in found)


def _number_of(tag: str, says: str) -> int:
    """A caption says how many the whole list has, and a line of an establishment how many there are there."""
    if tag == "caption":
        return int(says.partition(" of ")[2].split()[0].strip(",").replace(",", ""))
    return int(says.split()[0]) if tag == "span" else 1


@pytest.mark.parametrize(("slug", "through"), PEOPLE, ids=[f"{slug} on {site.value}" for slug, site in PEOPLE])
def test_a_number_is_as_many_as_its_page_has(slug: str, through: Through) -> None:
    """On the home page, and on the dashboards and pages for visits that it leads to."""
    browser = client(slug, through)
    home = links_of(browser, "/?")
    pages = {there for there, _ in home if re.search(r"/(dashboard|visit)/\?$", there)}
    numbers = [link for page in ("/?", *sorted(pages)) for link in links_of(browser, page) if link[1][:1].isdigit()]
    wrong = []
    for there, words in sorted(set(numbers)):
        number, about = re.findall(
            r"^(\d+)(?:,\d+)?(.*?)(?: by \d.*|, the first due.*|, \d+ overdue| at [A-Z].*)?$", words
        )[0]
        if about.strip() and int(number) and int(number) != (found := number_there(browser, there, about)):
            wrong.append(f"{words} leads to {found} at {there}")
    assert wrong == []


@pytest.mark.parametrize(
    ("slug", "through"), [one for one in PEOPLE if one[0] in WALKERS], ids=lambda value: str(value)
)
def test_each_link_leads_to_a_page(slug: str, through: Through) -> None:
    """What is shown to somebody is not refused to them, and is there: one link of each kind."""
    browser, (site,) = client(slug, through), [site for site in SITES if site.slug == through]
    waiting, kinds = ["/?"], set()
    for page in waiting:  # it grows meanwhile
        for there, _ in links_of(browser, page):
            path, _, query = there.partition("?")
            kind = resolve(path, urlconf=site.urlconf).url_name, *sorted(name for name, _ in parse_qsl(query))
            if kind not in kinds:
                kinds.add(kind)
                waiting.append(there)
    assert len(kinds) > 30
