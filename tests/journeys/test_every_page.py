"""Every page of both sites, looked at as a head, an officer and a stranger do (R30).

`Someone` does the looking: axe, no sideways scrolling, no script error, nothing refused by the policy.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.urls import get_resolver

from sharing.demo.places import RAVENSGILL
from sharing.guidance import GUIDES
from tests.journeys.browsing import Someone
from tests.journeys.conftest import Browse
from tests.journeys.every_page import (
    AND_ALSO,
    AT_SCHOOLS,
    BY_A_LINK,
    BY_A_LINK_AT_SCHOOLS,
    BY_THE_INFORMATION_MANAGER,
    CONFIDENTIAL,
    CONFIDENTIAL_AT_EDUNET,
    CONFIDENTIAL_AT_SCHOOLS,
    HERE,
    NO_PAGE_OF_ITS_OWN,
    NO_PAGE_OF_ITS_OWN_AT_EDUNET,
    NO_PAGE_OF_ITS_OWN_AT_SCHOOLS,
    OF_A_HEADSHIP,
    OF_A_TRANSFER,
    OPEN,
    SIGNED_IN,
    SIGNED_IN_AT_EDUNET,
    WITH_A_SECOND_FACTOR,
)
from tests.journeys.serving import REPOSITORY, Demo, status_of

pytestmark = pytest.mark.browser
TOO_MANY_FIELDS = """
for (let number = 0; number < 1001; number++)
    document.forms[0].append(Object.assign(document.createElement("input"), {type: "hidden", name: `field${number}`}))
"""


@pytest.mark.parametrize("site", ["schools_online", "edunet"])
def test_pages_that_are_open_to_anyone(browse: Browse, site: str) -> None:
    stranger = browse(on=site)
    for path in OPEN.values():
        stranger.visits(path)
    for guide in GUIDES:
        stranger.visits("/guidance/")
        stranger.presses(guide.title)
        assert guide.owner in stranger.main
    stranger.visits("/nowhere/", status=404)


@pytest.mark.parametrize(
    ("slug", "site"), [("teacher-not-accepted", "schools_online"), ("officer-not-accepted", "edunet")]
)
def test_pages_of_people_who_have_not_accepted_the_protocol(browse: Browse, slug: str, site: str) -> None:
    """R19: one page, whatever they try; the text and the guidance are open to them."""
    newcomer = browse(slug, on=site)
    for path in ("/", f"{HERE}/pupils/", "/my-access/"):
        newcomer.visits(path)
        assert newcomer.path == "/protocol/accept/"
    newcomer.presses("Accept the protocol", status=422)
    newcomer.visits("/guidance/")
    newcomer.visits("/protocol/")


@pytest.mark.parametrize(
    ("slug", "site"), [("head-beckside", "schools_online"), ("officer-data", "edunet")], ids=["head", "officer"]
)
def test_pages_of_people_who_have_signed_in(browse: Browse, slug: str, site: str) -> None:
    somebody = browse(slug, on=site)
    for path in [*SIGNED_IN.values(), *AND_ALSO, *(SIGNED_IN_AT_EDUNET.values() if site == "edunet" else ())]:
        somebody.visits(path)
    somebody.visits(f"{HERE}/pupils/")
    somebody.presses(somebody.page.locator("tbody a").first)
    somebody.visits(f"{HERE}/staff/")
    somebody.presses(somebody.page.locator("tbody a").first)
    somebody.looks_for("nobody", f"{HERE}/staff/")
    somebody.looks_for("nobody", f"{HERE}/pupils/")
    somebody.looks_for("Satterthwaite", f"{HERE}/pupils/")  # leaves today
    somebody.visits(f"{somebody.page.locator('tbody a').first.get_attribute('href')}transfer-file/")
    somebody.visits(transfer_file(somebody))
    somebody.visits("/guidance/")
    somebody.visits("/nowhere/", status=404)
    somebody.visits(f"/establishments/{RAVENSGILL}/pupils/", status=404 if site == "schools_online" else 200)


def transfer_file(somebody: Someone) -> str:
    """The address of the file of a child who leaves Beckside: the first transfer from there."""
    somebody.expected = 404
    files = (f"{HERE}/transfers/{number}/file/" for number in range(1, 30))
    return next(path for path in files if somebody.page.goto(path).ok)


@pytest.mark.parametrize(("slug", "site"), [("head-beckside", "schools_online"), ("officer-data", "edunet")])
def test_pages_of_challenges(browse: Browse, slug: str, site: str) -> None:
    somebody = browse(slug, on=site)
    somebody.visits(f"{HERE}/challenges/")
    for number in range(3):
        somebody.visits(f"{HERE}/challenges/")
        somebody.presses(somebody.page.locator("tbody a").nth(number))
    somebody.visits(f"{HERE}/pupils/")
    somebody.presses(somebody.page.locator("tbody a").first)
    somebody.presses("Something here is wrong")
    somebody.presses("Send it", status=422)
    somebody.visits(f"{HERE}/staff/")
    somebody.presses(somebody.page.locator("tbody a").first)
    somebody.presses("Something here is wrong")


def test_pages_of_the_register(browse: Browse) -> None:
    head = browse("head-beckside")
    for path in AT_SCHOOLS.values():
        head.visits(path)
    head.visits(f"{HERE}/register/add/")
    head.presses("Add to the register", status=422)
    head.types("Last day", "the last of August")
    head.presses("Add to the register", status=422)
    for what in ("History", "Change", "Narrow", "Suspend", "Lift suspension", "Withdraw"):
        head.visits(f"{HERE}/register/")
        head.presses(head.page.get_by_role("link", name=what).first)


def test_pages_of_the_ledger(browse: Browse) -> None:
    head = browse("head-beckside")
    head.visits(f"{HERE}/ledger/?refused=yes&first=1/9/2025")
    head.visits(f"{HERE}/pupils/")
    head.presses(head.page.locator("tbody a").first)
    head.presses("Who opened it")
    head.presses("Back to the record")
    head.presses("Who may see this record")
    head.visits(f"{HERE}/staff/")
    head.presses(head.page.locator("tbody a").first)
    head.presses("Who opened it")
    head.visits(f"{HERE}/ledger/")
    head.presses(head.page.locator("tbody a").first)
    manager = browse("officer-information", on="edunet")
    for path in ("/ledger/", f"{HERE}/ledger/", "/break-glass/to-look-at/", "/unusual-patterns/"):
        manager.visits(path)
    manager.visits(f"{HERE}/unusual-patterns/")


def test_pages_of_officers_and_their_duties(browse: Browse) -> None:
    """R9: the information manager records, confirms and ends."""
    manager = browse("officer-information", on="edunet")
    manager.visits("/officers/add/")
    manager.presses("Record the officer", status=422)
    manager.visits("/officers/")
    manager.presses("Fiona Brearley")
    page = manager.path
    manager.presses("Record a duty")
    manager.presses("Record the duty", status=422)
    manager.visits(page)
    manager.presses("Authorise remote use through Citrix")
    manager.presses("Authorise", status=422)
    manager.visits(page)
    manager.presses("They are no longer an officer")
    manager.presses("End it now", status=422)


def test_an_officer_comes_moves_and_leaves(browse: Browse) -> None:
    """R9, R36: what was on record then is read later."""
    manager = browse("officer-information", on="edunet")
    manager.visits("/officers/add/")
    typed = {
        "Full name": "Ivy Marsden", "Their Council email address": "ivy.marsden@council.example",
        "Team": "Admissions", "Post": "Adviser", "Name of their manager": "Tomasz Gorski", "First day": "1/9/2025",
    }  # fmt: skip
    for field, text in typed.items():
        manager.types(field, text)
    manager.presses("Record the officer")
    manager.presses("Change team, post, manager or last day")
    manager.types("Team", "Attendance")
    manager.types("Name of their manager", "ivy marsden")
    manager.presses("Save", status=422)
    manager.types("Name of their manager", "fiona brearley")
    manager.presses("Save")
    assert "Manager\tFiona Brearley" in manager.main
    assert "Team from “Admissions” to “Attendance”, manager from “Tomasz Gorski” to “Fiona Brearley”" in manager.main
    manager.presses("They are no longer an officer")
    manager.confirms()
    manager.presses("End it now")
    manager.presses("Former officers")
    manager.presses("Ivy Marsden")
    assert "Ended by\tHelen Ogden" in manager.main


def test_pages_of_a_headship(browse: Browse) -> None:
    head = browse("head-ravensgill")
    at_schools = f"/establishments/{RAVENSGILL}/register"
    head.visits(f"{at_schools}/headship/")
    head.presses("Cancel this handover")
    head.visits(f"{at_schools}/headship/name/")
    head.presses("Name the successor", status=422)
    browse("head-beckside").visits(f"{HERE}/register/headship/")
    deputy = browse("deputy-ravensgill")
    deputy.visits(f"{at_schools}/headship/")
    deputy.presses("Read the offer")
    officer = browse("officer-no-duty", on="edunet")
    for path in ("/handovers/", f"/establishments/{RAVENSGILL}/headship/", f"{HERE}/headship/name/"):
        officer.visits(path)


def test_pages_of_third_parties(browse: Browse) -> None:
    head, page = browse("head-beckside"), f"{HERE}/register/third-parties/"
    head.visits(f"{page}add/")
    head.presses("Record the contract", status=422)
    for link in ("Record the safeguarding (DBS) check", "Change the last day", "End the contract now", "Name a person"):
        head.visits(page)
        head.presses("Brightpath Reading, BR-14")
        head.presses(link)
    head.visits(page)
    head.presses(head.page.get_by_role("link", name="Record the certificate").first)


def test_pages_of_an_invitation(browse: Browse) -> None:
    """Open, with a password that is too short, expired, and of a link that never was."""
    newcomer = browse()
    for who, status in (("keith-lister", 410), ("nobody", 404), ("priya-nair", 200)):
        newcomer.visits(f"/invitation/demonstration-{who}/", status=status)
    newcomer.types("Choose a password", "short")
    newcomer.presses("Accept and sign in", status=422)


def test_pages_of_a_list_of_staff(browse: Browse) -> None:
    """A file that is none, one with refused lines, and one that asks to confirm."""
    head = browse("head-beckside")
    good = "name,email,role,level,basis\nAnn Lee,ann.lee@beckside.example,teacher,2,teaches\n"
    for content, status in (("no list", 422), (f"{good}=1,x@y.example,office,,\n", 200), (good, 200)):
        head.visits(f"{HERE}/register/staff/")
        file = {"name": "staff.csv", "mimeType": "text/csv", "buffer": content.encode()}
        head.page.set_input_files("input[type=file]", files=[file])
        head.presses("See what it would do", status=status)
    head.presses("Apply all of it", status=422)
    head.presses("Forget this list")


@pytest.mark.parametrize(
    ("slug", "site"), [("head-beckside", "schools_online"), ("officer-admissions", "edunet")], ids=["head", "officer"]
)
def test_pages_of_finding_a_child(browse: Browse, slug: str, site: str) -> None:
    """Nothing typed, a day that is none, names that find nobody, children by sound, and children by spelling."""
    somebody = browse(slug, on=site)
    somebody.visits("/find/")
    somebody.presses("Find", status=422)
    somebody.types("Date of birth", "31/2/2016")
    somebody.presses("Find", status=422)
    for name in ("a", "bvbvbv", "ahmud", "ah"):
        somebody.visits("/find/")
        somebody.types("Name, or part of it", name)
        somebody.presses("Find", status=422 if name == "a" else 200)
    somebody.presses("See names that sound like this one")
    somebody.presses("See names spelled like it")
    somebody.presses(somebody.page.locator("tbody a").first)
    somebody.goes_back()
    assert somebody.heading == "Children found"


def test_columns_are_chosen_and_stay(browse: Browse) -> None:
    teacher = browse("teacher-beckside")
    teacher.visits(f"{HERE}/pupils/?sex=F")
    teacher.page.locator("summary", has_text="Choose columns").click()
    teacher.page.get_by_label("Ethnicity").last.check()
    teacher.presses("Remember these columns")
    assert teacher.page.url.endswith("?sex=F")
    assert teacher.page.get_by_role("columnheader", name="Ethnicity").is_visible()
    browse("teacher-beckside").visits(f"{HERE}/pupils/")


def test_leaving_a_register(browse: Browse) -> None:
    governor = browse("governor-millbeck")
    governor.presses("My access")
    governor.presses(governor.page.get_by_role("link", name="Leave"))


def test_pages_of_people_who_see_little(browse: Browse) -> None:
    for slug, site in (
        ("governor-beckside", "schools_online"),
        ("head-larkroyd", "schools_online"),
        ("superuser", "schools_online"),
        ("officer-no-duty", "edunet"),
    ):
        somebody = browse(slug, on=site)
        somebody.visits("/establishments/")
        if slug in ("governor-beckside", "officer-no-duty"):
            somebody.visits(f"{HERE}/pupils/", status=403)


def test_forms_with_errors(browse: Browse) -> None:
    stranger = browse()
    for path, button in (("/sign-in/", "Sign in"), ("/password/reset/", "Send me a link")):
        stranger.visits(path)
        stranger.presses(button)
        assert stranger.page.title().startswith("Error: ")
    head = browse("head-skelbrook")
    head.visits("/password/change/")
    head.presses("Save new password")
    assert head.page.title().startswith("Error: ")
    stranger.visits("/demo/sign-in/")
    stranger.page.locator("input[name=person]").first.evaluate("field => field.value = 'nobody'")
    stranger.presses(stranger.page.locator("main button").first, status=400)


def test_pages_when_something_goes_wrong(browse: Browse, sites: Demo) -> None:
    stranger = browse()
    # a form that has lost its token
    stranger.visits("/sign-in/")
    stranger.context.clear_cookies()
    stranger.presses("Sign in", status=403)
    assert stranger.heading == "Your page has expired"
    # a form with more fields than anybody fills in
    stranger.visits("/sign-in/")
    stranger.page.evaluate(TOO_MANY_FIELDS)
    stranger.presses("Sign in", status=400)
    assert stranger.heading == "There is a problem with the request"
    # a host that is no site, and the front door
    assert status_of(sites.port, "elsewhere.example", "/") == 400
    stranger.visits(f"http://localhost:{sites.port}/")
    stranger.visits(f"http://localhost:{sites.port}/nowhere/", status=404)
    # an error of the server, which nobody can bring about here
    page = Path(REPOSITORY, "templates/500.html").read_text()
    stranger.page.route("**/broken/", lambda route: route.fulfill(status=500, body=page, content_type="text/html"))
    stranger.visits("/broken/", status=500)


@pytest.mark.parametrize("site", ["schools_online", "edunet"])
def test_no_page_is_left_out(site: str) -> None:
    looked_at = (
        set(OPEN)
        | set(SIGNED_IN)
        | BY_A_LINK
        | OF_A_HEADSHIP
        | OF_A_TRANSFER
        | CONFIDENTIAL
        | WITH_A_SECOND_FACTOR
        | NO_PAGE_OF_ITS_OWN
    )
    if site == "schools_online":
        looked_at |= set(AT_SCHOOLS) | BY_A_LINK_AT_SCHOOLS | NO_PAGE_OF_ITS_OWN_AT_SCHOOLS | CONFIDENTIAL_AT_SCHOOLS
    else:
        looked_at |= BY_THE_INFORMATION_MANAGER
        looked_at |= set(SIGNED_IN_AT_EDUNET) | NO_PAGE_OF_ITS_OWN_AT_EDUNET | CONFIDENTIAL_AT_EDUNET
    there = set(names(get_resolver(f"portal.urls.{site}")))
    assert there == looked_at, (
        f"{sorted(map(str, there ^ looked_at))}: into the list of tests/journeys/every_page.py that says who looks at "
        "it, or out of it. SIGNED_IN: a page of both sites that a head may open."
    )


def names(resolver: object) -> Iterator[str]:
    for pattern in resolver.url_patterns:
        yield from names(pattern) if hasattr(pattern, "url_patterns") else [pattern.name]
