"""What people at schools do and see in Schools Online."""

import io
import re

import pikepdf
import pypdf
import pytest

from access_register.demo.cast import BY_SLUG
from sharing.demo.places import BECKSIDE, BY_URN, HAZELTHWAITE, KIRKHOLME, LARKROYD, OXENBY, PLACES, RAVENSGILL
from tests.journeys.browsing import DESKTOP, PHONE, Someone
from tests.journeys.conftest import Browse

pytestmark = pytest.mark.browser
HERE = f"/establishments/{BECKSIDE}"
FEW = 5


def rows(somebody: Someone) -> list[str]:
    return somebody.page.locator("tbody tr").all_inner_texts()


def test_a_governor_sees_neither_pupils_nor_staff_and_is_told_why(browse: Browse) -> None:
    """R33, R3: Level 3 is the establishment's information, that of the others too."""
    # given
    governor = browse("governor-beckside")

    # then there is no way to pupils or staff on the home page
    assert governor.page.locator("main a[href*='pupils'], main a[href*='staff'], main a[href*='register']").count() == 0

    # when the governor types the address all the same
    for closed, missing in (("pupils", "Pupil information"), ("staff", "Staff information")):
        governor.visits(f"{HERE}/{closed}/", status=403)
        # then the page says why, and what to do
        assert governor.heading == "You cannot see this page"
        assert missing in governor.main
        assert "ask the headteacher" in governor.main

    # and the shared information of those that take part is open, and of no others
    governor.visits("/establishments/")
    shown = governor.main
    for place in PLACES:
        assert (place.name in shown) == place.participates
    governor.presses(BY_URN[OXENBY].name)
    assert "promote one school or centre at the expense of another" in governor.main
    for closed_place in (LARKROYD, KIRKHOLME):
        governor.visits(f"/establishments/{closed_place}/", status=404)


def test_who_has_two_establishments_chooses(browse: Browse) -> None:
    """A18: one account, two places, and at each what its register says."""
    # given the head of a school and of a nursery
    head = browse("head-ravensgill")
    assert head.heading == "Choose an establishment"

    # when, then
    for urn, other in ((RAVENSGILL, HAZELTHWAITE), (HAZELTHWAITE, RAVENSGILL)):
        head.presses(f"Choose {BY_URN[urn].name}")
        assert head.heading == BY_URN[urn].name
        assert BY_URN[other].name in head.main
        head.presses("Pupils")
        assert BY_URN[urn].name in head.main
        head.presses("Home")
        assert head.heading == BY_URN[urn].name


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_the_filter_of_the_pupil_list(browse: Browse, scripts: bool) -> None:
    """R30, R6: it works without scripts, goes on over the pages, and finds nobody of another school."""
    teacher = browse("teacher-beckside", scripts=scripts)
    teacher.visits(f"{HERE}/pupils/")

    # when filtered by year group and sex
    teacher.page.locator("#year_group").select_option("Year 4")
    teacher.page.locator("#sex").select_option("Female")
    teacher.presses("Show")

    # then only those are there
    assert rows(teacher)
    assert all("Year 4" in row for row in rows(teacher))
    assert teacher.page.locator("#year_group").input_value() == "4"

    # when someone is looked for who is at another school, then nobody is found, and one gets back to all
    teacher.types("Name", "Thistlewood")
    teacher.presses("Show")
    assert "No pupil matches." in teacher.main
    teacher.presses("Show all pupils")

    # and the second page keeps the filter
    teacher.page.locator("#sex").select_option("Female")
    teacher.presses("Show")
    first = rows(teacher)
    teacher.presses(teacher.page.get_by_role("link", name="Next"))
    assert teacher.page.locator("#sex").input_value() == "F"
    assert rows(teacher)
    assert not set(rows(teacher)) & set(first)


def test_the_filter_says_what_the_list_has_also_after_going_back(browse: Browse) -> None:
    """R3: a browser would put back what was chosen last, over a list that shows something else."""
    # given the School Finder, narrowed to primary schools
    governor = browse("governor-beckside")
    governor.visits("/school-finder/")
    everybody = rows(governor)
    governor.page.get_by_label("Type").select_option("Primary school")
    governor.presses("Show")
    assert len(rows(governor)) < len(everybody)

    # when the governor goes back
    governor.goes_back()

    # then all are listed, and the filter says so
    assert rows(governor) == everybody
    assert governor.page.get_by_label("Type").locator("option:checked").inner_text() == "All types"


def test_keyboard_alone(browse: Browse) -> None:
    """R30: skip links, filter, a pupil's page, all without a mouse, and one sees where one is."""
    teacher = browse("teacher-beckside")
    teacher.visits(f"{HERE}/pupils/")
    keys, page = teacher.page.keyboard, teacher.page

    # the first Tab shows the skip link, and it leads past the header
    keys.press("Tab")
    skip = page.locator(".govuk-skip-link").first
    assert skip.evaluate("link => link === document.activeElement")
    assert skip.bounding_box()["height"] > 10
    keys.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main-content"

    # the next one leads past the pages of the school
    assert tab_to(teacher, "nav .govuk-skip-link") == 1
    keys.press("Enter")
    assert page.evaluate("document.activeElement.id") == "past-pages"

    # Tab to the name, type, go on to the year group, choose, and send
    assert tab_to(teacher, "#named") < FEW
    assert tab_to(teacher, "#year_group") == 1
    keys.type("Year 4")
    with page.expect_navigation():
        tab_to(teacher, "form.app-inline-form button")
        keys.press("Enter")
    teacher.looks()
    assert all("Year 4" in row for row in rows(teacher))

    # Tab to the first pupil, and open the page
    with page.expect_navigation():
        tab_to(teacher, "tbody a")
        keys.press("Enter")
    teacher.looks()
    assert "Unique pupil number" in teacher.main


def tab_to(somebody: Someone, selector: str) -> int:
    """Press Tab until the first such element has the focus, which must be visible all the way. Gives how often."""
    wanted = somebody.page.locator(selector).first
    for pressed in range(1, 40):
        somebody.page.keyboard.press("Tab")
        assert somebody.page.evaluate(FOCUS_IS_SEEN), f"focus is not seen on {somebody.page.url}"
        if wanted.evaluate("element => element === document.activeElement"):
            return pressed
    raise AssertionError(f"{selector} is not reached")


FOCUS_IS_SEEN = """() => {
    const element = document.activeElement, style = getComputedStyle(element), box = element.getBoundingClientRect()
    const marked = style.outlineStyle !== "none" || style.boxShadow !== "none"
    return marked && box.width > 0 && box.bottom > 0 && box.top < innerHeight
}"""


def test_on_a_phone_the_list_comes_before_what_leads_elsewhere(browse: Browse) -> None:
    """R30: the filter, the menu and the other pages of the establishment open when they are asked for."""
    teacher = browse("teacher-beckside", viewport=PHONE)
    teacher.visits(f"{HERE}/pupils/")
    teacher.page.set_viewport_size(PHONE)
    teacher.page.reload()
    assert not teacher.page.locator("#year_group").is_visible()
    teacher.page.get_by_text("Search and filter").click()
    assert teacher.page.locator("#year_group").is_visible()
    teacher.page.get_by_role("button", name="Menu").click()
    assert teacher.page.get_by_role("navigation", name="Menu").get_by_role("link", name="Establishments").is_visible()
    transfers = teacher.page.get_by_role("link", name="Transfers", exact=True)
    assert not transfers.is_visible()
    teacher.page.get_by_text("Pages of Beckside Primary School").click()
    assert transfers.is_visible()

    # a child's page leads back to the list
    with teacher.page.expect_navigation():
        teacher.page.locator("tbody a").first.click()
    trail = teacher.page.get_by_role("navigation", name="Breadcrumb").get_by_role("listitem")
    assert [step.inner_text().strip() for step in trail.all() if step.is_visible()] == ["Home", "Pupils"]
    with teacher.page.expect_navigation():
        trail.get_by_role("link", name="Pupils").click()

    # and where the window becomes wide, all pages are in sight again
    teacher.page.get_by_text("Pages of Beckside Primary School").click()
    teacher.page.set_viewport_size(DESKTOP)
    transfers.wait_for(state="visible")


def test_no_title_and_no_address_tells_of_a_pupil(browse: Browse) -> None:
    """Titles and addresses stay in histories and logs: no name there, no UPN (`Someone` looks for UPNs everywhere)."""
    # given the names and UPNs of some children
    head = browse("head-beckside")
    head.visits(f"{HERE}/pupils/")
    names = {part for name in head.page.locator("tbody th").all_inner_texts() for part in re.findall(r"[\w'-]+", name)}
    pages = head.page.locator("tbody a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    assert len(pages) == 50

    # when their pages are opened, then neither title nor address holds them
    for path in pages[:3]:
        head.visits(path)
        shown = f"{head.page.title()} {head.page.url}"
        upn = head.page.locator("dt", has_text="Unique pupil number").locator("+ dd").inner_text()
        assert re.fullmatch(r"[A-Z]\d{11}[\dA-Z]", upn)
        assert upn not in shown
        assert not [name for name in names if re.search(rf"\b{re.escape(name)}\b", shown)]


def test_on_paper_the_marking_is_there_and_the_navigation_is_not(browse: Browse) -> None:
    """R15."""
    head = browse("head-beckside")
    for path in ("", "pupils/", "staff/", "register/"):
        head.visits(f"{HERE}/{path}")
        marking = head.page.locator(".app-print-only")
        assert not marking.is_visible()

        # when printed
        head.page.emulate_media(media="print")

        # then
        assert marking.is_visible()
        assert "OFFICIAL-SENSITIVE" in marking.inner_text()
        assert BY_SLUG["head-beckside"].name in marking.inner_text()
        for left_out in ("nav", "form", "button", ".govuk-skip-link", "footer", ".app-demo", ".app-why"):
            for element in head.page.locator(left_out).all():
                assert not element.is_visible(), f"{left_out} is printed on {path}"
        assert head.page.locator("h1").is_visible()
        head.page.emulate_media(media="screen")


def test_on_paper_a_table_of_many_rows_takes_few_sheets(browse: Browse) -> None:
    """R15: as large as the text around it, 50 children took four, and who has looked 13, with a word on each line."""
    head = browse("head-beckside")
    head.visits(f"{HERE}/pupils/")
    assert len(rows(head)) == 50
    head.page.emulate_media(media="print")
    with pikepdf.open(io.BytesIO(head.page.pdf(format="A4"))) as document:
        assert len(document.pages) <= 3


def test_on_paper_nobody_of_a_list_stands_on_two_sheets(browse: Browse) -> None:
    """R15, R36: nor does a heading stand at the foot of one, with those whom it is about on the next."""
    head = browse("head-beckside")
    head.visits(f"{HERE}/register/")
    head.page.emulate_media(media="print")
    sheets = pypdf.PdfReader(io.BytesIO(head.page.pdf(format="A4"))).pages
    texts = [sheet.extract_text() for sheet in sheets]
    assert sum("At this level since" in text for text in texts) > 1
    for text in texts:
        assert text.count("At this level since") == len(re.findall(r"\S@\S+\.example", text))
        assert text.rfind("\nLevel ") <= text.rfind("At this level since")


def test_on_paper_no_sheet_holds_only_the_marking(browse: Browse) -> None:
    """R15: when a list ends so low that it needs one more sheet, its last words are on that one."""
    head = browse("head-beckside")
    head.visits(f"{HERE}/staff/")
    head.page.emulate_media(media="print")
    numbers = set()
    for lower in range(0, 900, 15):
        head.page.locator("h1").evaluate("(heading, lower) => { heading.style.paddingBottom = `${lower}px` }", lower)
        sheets = pypdf.PdfReader(io.BytesIO(head.page.pdf(format="A4"))).pages
        assert "Source:" in sheets[-1].extract_text(), f"a sheet with nothing, {lower} px lower"
        numbers.add(len(sheets))
        if len(numbers) > 1:
            return
    raise AssertionError("the list never came to the foot of its sheet")


def test_on_a_phone_the_children_found_come_before_the_filters(browse: Browse) -> None:
    """R30: what the list is narrowed to is said in a line; the ten filters are opened when they are wanted again."""
    # given a teacher with a phone
    teacher = browse("teacher-beckside", viewport={"width": 390, "height": 760})
    teacher.visits(f"{HERE}/pupils/?sen=any")
    teacher.page.set_viewport_size({"width": 390, "height": 760})
    teacher.page.reload()

    # then she sees which filter is in use, and the first child without scrolling twice
    assert teacher.page.get_by_role("link", name="Remove the filter").first.is_visible()
    assert not teacher.page.locator("#ethnicity").is_visible()
    first = teacher.page.locator("tbody a").first.bounding_box()
    assert first
    assert first["y"] < 2 * 760

    # and with one tap the filters again, as she has set them
    teacher.page.get_by_text("Search and filter").click()
    assert teacher.page.locator("#sen").input_value() == "any"


def test_on_a_phone_every_filtered_list_folds_its_filter_away(browse: Browse) -> None:
    """R30: the rows come first in each list alike, and the folded filter says that it is in use."""
    head = browse("head-beckside", viewport={"width": 390, "height": 760})
    for path, field in (
        ("register/?level=3", "#level"),
        ("staff/?work=teaching", "#work"),
        ("pupils/?sen=any", "#sen"),
    ):
        head.visits(f"{HERE}/{path}")
        head.page.set_viewport_size({"width": 390, "height": 760})
        head.page.reload()
        assert not head.page.locator(field).is_visible(), path
        assert head.page.get_by_text("Search and filter (in use)").is_visible(), path
        head.page.get_by_text("Search and filter").click()
        assert head.page.locator(field).is_visible(), path
