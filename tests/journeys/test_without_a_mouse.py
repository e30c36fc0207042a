"""R30: each kind of page by keyboard alone, without script, and with text twice as large (WCAG 1.4.4, 2.1, 2.4)."""

import pytest
from playwright.sync_api import Page, expect

from sharing.demo.places import BECKSIDE
from tests.journeys.conftest import Browse

pytestmark = pytest.mark.browser
HERE = f"/establishments/{BECKSIDE}"
KINDS = {
    "tasks": "/",
    "list of establishments": "/establishments/",
    "overview": f"{HERE}/",
    "list with filters and columns": f"{HERE}/pupils/?year_group=4",
    "search": "/find/",
    "charts with tables": f"{HERE}/key-data/",
    "choices with charts": f"{HERE}/deeper/",
    "tiles": f"{HERE}/dashboard/",
    "form": f"{HERE}/register/add/",
    "upload": f"{HERE}/imports/add/",
    "register": f"{HERE}/register/",
    "guidance": "/guidance/keeping-data-safe/",
}
# Each stop of the tabulator that there should be: of radio buttons one for a group. Kept in the order of the page.
STOPS = """
() => {
  const all = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")];
  const groups = new Set();
  window.stops = all.filter(element => {
    if (element.disabled || element.type === "hidden" || element.tabIndex < 0) return false;
    if (!element.checkVisibility({ visibilityProperty: true })) return false;
    if (element.closest("details:not([open])") && !element.matches("summary")) return false;
    if (element.type !== "radio") return true;
    const group = `${element.form?.action} ${element.name}`;
    if (groups.has(group)) return false;
    groups.add(group);
    return true;
  });
  const face = element => {
    const faces = [element, element.labels?.[0]].filter(Boolean).flatMap(part =>
      [getComputedStyle(part), getComputedStyle(part, "::before")]);
    return faces.map(style => [style.outlineStyle, style.outlineWidth, style.boxShadow, style.backgroundColor,
      style.borderTopWidth, style.textDecorationLine, style.clip, style.position].join()).join(" ");
  };
  window.face = face;
  window.faces = new Map(window.stops.map(element => [element, face(element)]));
  return window.stops.length;
}
"""
# Where one is: the place among the stops, whether that can be seen, and what lies on top of it.
WHERE = """
() => {
  const here = document.activeElement, what = here.outerHTML.slice(0, 120);
  if (here === document.body) return { place: -1, what };
  const stop = here.type === "radio" ? window.stops.find(other => other.name === here.name && other.form === here.form)
    : here;
  const box = here.getBoundingClientRect();
  const inView = box.right > 0 && box.bottom > 0 && box.left < innerWidth && box.top < innerHeight;
  const middle = (from, to, edge) => (Math.max(from, 0) + Math.min(to, edge)) / 2;
  const [x, y] = [middle(box.left, box.right, innerWidth), middle(box.top, box.bottom, innerHeight)];
  const top = document.elementFromPoint(x, y);
  const bare = !top || here.contains(top) || top.contains(here) || [...(here.labels ?? [])].some(label =>
    label.contains(top)) || getComputedStyle(here).opacity === "0";
  return { place: window.stops.indexOf(stop), what, seen: window.face(here) !== window.faces.get(here), bare, inView };
}
"""
MENU_IS_READY = """
() => [...document.querySelectorAll("[data-module=govuk-service-navigation]")]
  .every(menu => menu.hasAttribute("data-govuk-service-navigation-init")
    && menu.querySelector("button").hidden === matchMedia("(min-width: 40.0625em)").matches)
"""
# What one can go to or fill in, by what it is; a script may help, but not be the only way.
WAYS = """
() => [...document.querySelectorAll("main :is(a[href], button, input:not([type=hidden]), select, textarea)")]
  .map(element => `${element.tagName} ${element.getAttribute("href") || element.name || element.textContent.trim()}`)
"""
# As Firefox and Safari do it that enlarge text only: pictures and the page stay as they are.
TWICE_AS_LARGE = """
() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(":root { font-size: 200% }");
  document.adoptedStyleSheets = [sheet];
  return document.documentElement.scrollWidth;
}
"""
OF_A_SCRIPT_ALONE = {"BUTTON Show", "BUTTON Choose file"}  # a password in clear; a file dropped on the page


def tabs_through(page: Page) -> list[str]:
    """From the top of the page to its end by the Tab key: what was wrong on the way. The menu fits the width."""
    page.wait_for_function(MENU_IS_READY)
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    count, wrong, places = page.evaluate(STOPS), [], []
    for _ in range(count):
        page.keyboard.press("Tab")
        here = page.evaluate(WHERE)
        places.append(here["place"])
        wrong += [f"{fault}: {here['what']}" for sign, fault in (
            ("seen", "the focus cannot be seen"), ("bare", "hidden behind something"), ("inView", "out of view"),
        ) if not here.get(sign, True)]  # fmt: skip
    if places != list(range(count)):
        missed = sorted(set(range(count)) - set(places))
        what = page.evaluate("missed => missed.map(place => window.stops[place].outerHTML.slice(0, 120))", missed[:5])
        wrong.append(f"{count} stops, but they came as {places}; missed: {what}")
    page.keyboard.press("Tab")
    if page.evaluate(WHERE)["place"] == count - 1:
        wrong.append("the last stop does not let go")
    return wrong


def test_each_kind_of_page_by_keyboard_and_without_script(browse: Browse) -> None:
    head, scriptless = browse("head-beckside"), browse("head-beckside", scripts=False)
    wrong: dict[str, object] = {}
    for kind, path in KINDS.items():
        head.visits(path)
        if faults := tabs_through(head.page):
            wrong[f"{kind} by keyboard"] = faults
        ways = set(head.page.evaluate(WAYS)) - OF_A_SCRIPT_ALONE
        scriptless.visits(path)
        if missing := ways - set(scriptless.page.evaluate(WAYS)):
            wrong[f"{kind} without script"] = missing
    assert not wrong, wrong


def test_nothing_scrolls_sideways_on_a_phone_with_text_twice_as_large(browse: Browse) -> None:
    wide: dict[str, int] = {}
    for slug, site, paths in (
        ("officer-data", "edunet", [f"{HERE}/visit/"]),
        ("head-beckside", "schools_online", [*KINDS.values(), "/breaches/report/"]),
    ):
        somebody = browse(slug, on=site)
        for path in paths:
            somebody.visits(path)
            somebody.page.set_viewport_size({"width": 360, "height": 740})
            if (needed := somebody.page.evaluate(TWICE_AS_LARGE)) > 360:
                wide[path] = needed
    assert not wide


def test_a_form_is_filled_in_and_put_right_with_the_keyboard_alone(browse: Browse) -> None:
    """Past the header by the skip link, through the errors by their summary, to an answer."""
    head = browse("head-beckside")
    page, keys = head.page, head.page.keyboard
    head.visits("/find/")
    keys.press("Tab")
    assert page.evaluate("document.activeElement.className").startswith("govuk-skip-link")
    keys.press("Enter")
    keys.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")

    # when nothing is typed
    page.get_by_label("Name, or part of it").focus()
    head.presses_key("Enter", status=422)

    # then the summary has the focus, and its link leads to the field
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    keys.press("Tab")
    keys.press("Enter")
    assert page.evaluate("document.activeElement.matches('input')")
    keys.type("ah")
    head.presses_key("Enter")
    assert head.page.locator("tbody a").first.is_visible()
