"""Somebody at a browser, who notices whatever is wrong with a page."""

import re
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request, Response

from tests.journeys.beyond_axe import NARROW, elsewhere_than_on_a_screen, read_out, spaced_or_cut
from tests.journeys.examined import is_new
from tests.journeys.serving import Demo

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# axe does not report what passes: that would be many times as long, and nobody would read it.
AXE = {"runOnly": {"type": "tag", "values": WCAG}, "reporter": "no-passes", "preload": False}
# Colours take most of axe's time, so each style is compared only once, on the wide screen.
OF_COLOURS = ["color-contrast", "link-in-text-block"]
ALL_BUT_COLOURS = AXE | {"rules": {rule: {"enabled": False} for rule in OF_COLOURS}}
COLOURS = AXE | {"runOnly": {"type": "rule", "values": OF_COLOURS}}
# What may change how an element looks: its name, its classes and its state, and those of all elements it is inside. A
# link among words counts as a style of its own, because it has to differ from the words.
LOOKS = """
() => {
  const state = ["aria-current", "aria-sort", "aria-disabled", "disabled", "open", "type", "checked"];
  const speaks = element => [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim());
  const way = element => element.tagName + "." + element.getAttribute("class") +
    (element.parentElement && speaks(element.parentElement) ? " among words" : "") +
    state.filter(name => element.hasAttribute(name)).map(name => `[${name}=${element.getAttribute(name)}]`).join("");
  const chains = new Map([[document.documentElement, way(document.documentElement)]]), looks = new Map();
  for (const element of document.querySelectorAll("body, body *")) {
    const chain = `${chains.get(element.parentElement)}>${way(element)}`;
    chains.set(element, chain);
    const seen = speaks(element) || element.matches("input, select, textarea");
    if (seen && !looks.has(chain) && element.checkVisibility()) looks.set(chain, element);
  }
  window.looks = looks;
  return [...looks.keys()];
}
"""
COMPARE = """
([unknown, options]) => axe.run({ include: unknown.map(chain => window.looks.get(chain)) }, options)
"""
SIGN_IN = """
slug => {
  const form = document.querySelector("main form");
  form.action = "/demo/sign-in/";
  form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "person", value: slug }));
  HTMLFormElement.prototype.submit.call(form);
}
"""
DESKTOP, PHONE = {"width": 1200, "height": 900}, NARROW
PATIENCE = 30_000  # milliseconds
UPN = re.compile(r"[A-HJ-NP-RT-Z][0-9]{11}[0-9A-HJ-NP-RT-Z]", re.IGNORECASE)
# A page is examined again if it is built differently. Other words, or more rows of the same sort, are the same to axe.
WORDS = re.compile(r"(?<=>)[^<>]*[^<>\s][^<>]*(?=<)")
VALUES = re.compile(r'\b(href|value|action|points|d|x|y|width|height|cx|cy)="[^"]+"')
NUMBERS = re.compile(r"\d+")
# Only words and colours distinguish the sites (`test_browsing`), so axe's other rules need not run on both.
SITE = re.compile(r' site-(?:edunet|schools-online)(?=")|<meta name="theme-color"[^>]*>')
TELL_OF_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", event =>
    console.error(`Content-Security-Policy: ${event.violatedDirective} refused ${event.blockedURI}`))
"""
# Each page contains axe, unparsed until it is called. Sending it to each page that is examined takes a sixth longer.
AXE_AT_HAND = f"window.bringAxe = () => {{ {AXE_SCRIPT}\n }};"
_compared: set[str] = set()


class Someone:
    """One person in one browser window.

    Every page is checked: no script error, nothing refused by the Content-Security-Policy, nothing missing, no UPN in
    an address or a title, WCAG 2.2 AA by axe and no sideways scrolling, on a desktop's screen and at 400%, which is as
    narrow as a phone. What axe does not see is in `beyond_axe`.
    """

    def __init__(self, chromium: Browser, demo: Demo, site: str, *, scripts: bool = True, **options: Any) -> None:
        self.demo, self.site, self.scripts = demo, site, scripts
        options["java_script_enabled"] = scripts
        self.context = chromium.new_context(**{"base_url": demo.url(site), "viewport": DESKTOP, **options})
        self.context.add_init_script(TELL_OF_VIOLATIONS + AXE_AT_HAND)
        self.context.set_default_timeout(PATIENCE)
        self.page: Page = self.context.new_page()
        self.noticed: list[str] = []
        self.expected = 200
        self.page.on("console", self._hears)
        self.page.on("pageerror", lambda error: self.noticed.append(f"script error: {error}"))
        self.page.on("request", self._asks)
        self.page.on("requestfailed", self._fails)
        self.page.on("response", self._gets)

    # --- what the person does ---------------------------------------------------------------------------------
    def signs_in_as(self, slug: str) -> None:
        """Sign in as the demonstration's list of people does. It is long: `test_operations` presses its buttons."""
        self.page.goto("/sign-in/")
        self._moves(lambda: self.page.evaluate(SIGN_IN, slug), 200)
        if self.path == "/purpose/":
            self.chooses("General administration")
            self.confirms()
            self.presses("Start")

    def visits(self, path: str, *, status: int = 200) -> None:
        self._moves(lambda: self.page.goto(path), status)

    def looks_for(self, name: str, path: str) -> None:
        """Search with the form of a list, since no address may contain a person's name."""
        self.visits(path)
        self.page.evaluate("document.querySelectorAll('details.app-filter').forEach(filter => { filter.open = true })")
        self.page.locator("#named").fill(name)
        self.presses(self.page.locator("form.app-inline-form button"))

    def presses(self, name: str | Locator, *, status: int = 200) -> None:
        """Press a link or a button, found by its text, that leads to a page."""
        target = self.link_or_button(name) if isinstance(name, str) else name
        self._moves(target.click, status)

    def opens_and_presses(self, opens: str, button: str) -> None:
        """Do what cannot be taken back: only what opens to say so has the button for it (WCAG 3.3.4)."""
        final = self.page.get_by_role("button", name=button).first
        assert not final.is_visible(), f"“{button}” can be pressed by mistake at {self.page.url}"
        self.page.locator("summary", has_text=opens).first.click()
        self.presses(final)

    def presses_key(self, key: str, *, status: int = 200) -> None:
        """Press a key that sends the form, or follows the link, that has the focus."""
        self._moves(lambda: self.page.keyboard.press(key), status)

    def types(self, label: str, text: str) -> None:
        box = self.page.get_by_role("textbox").or_(self.page.get_by_role("searchbox"))
        box.and_(self.page.get_by_label(label)).fill(text)

    def chooses(self, option: str) -> None:
        """Choose one of several options, by the beginning of its text."""
        self.page.get_by_role("radio", name=re.compile(f"^{option}")).check()

    def confirms(self) -> None:
        self.page.get_by_role("checkbox").last.check()  # the one above the button, below any others

    def goes_back(self, *, status: int = 200) -> None:
        self._moves(self.page.go_back, status)

    def waits_until(self, words: str) -> None:
        """Wait until the script has reloaded the page with these words."""
        self.page.get_by_text(words).first.wait_for(timeout=2 * PATIENCE)
        self.page.wait_for_load_state()

    def leaves(self) -> None:
        self.context.close()
        assert not self.noticed, "\n".join(self.noticed)

    # --- what the person sees ---------------------------------------------------------------------------------
    @property
    def path(self) -> str:
        return urlsplit(self.page.url).path

    def link_or_button(self, name: str) -> Locator:
        by_name = {"name": name, "exact": True}
        return self.page.get_by_role("link", **by_name).or_(self.page.get_by_role("button", **by_name)).first

    def sees(self, text: str) -> bool:
        return self.page.get_by_text(text).first.is_visible()

    @property
    def main(self) -> str:
        """The text of the page, without header and footer."""
        return self.page.locator("main").inner_text()

    @property
    def heading(self) -> str:
        return self.page.locator("h1").inner_text()

    # --- what the person notices ------------------------------------------------------------------------------
    def _moves(self, act: Any, status: int) -> None:
        self.expected = status
        with self.page.expect_navigation() as moved:
            act()
        assert moved.value.status == status, f"{moved.value.status} instead of {status} at {self.page.url}"
        self.looks()

    def looks(self) -> None:
        """Look closely at the page in front of the person."""
        title = self.page.title()
        assert title, f"no title at {self.page.url}"
        assert not UPN.search(title), f"a UPN in the title of {self.page.url}: {title}"
        built = self._built()
        new = self.scripts and is_new(built)  # axe is a script itself
        new_here = self.scripts and is_new(f"{built} {self.site}")
        if new:
            self._brings_axe()
        for size in (PHONE, DESKTOP):
            self.page.set_viewport_size(size)
            self._measures(size["width"])
            if new:
                self._finds(self.page.evaluate("options => axe.run(options)", ALL_BUT_COLOURS), size["width"])
            if new_here:
                self._tells(spaced_or_cut(self.page, size["width"]))
        if new_here:
            self._compares()
            self._tells(read_out(self.page) + elsewhere_than_on_a_screen(self.page))
        assert not self.noticed, "\n".join(self.noticed)

    def _measures(self, width: int) -> None:
        needed = self.page.evaluate("document.documentElement.scrollWidth")
        if needed > width:
            self._tells([f"scrolls sideways: {needed} px wide on {width} px (a table: within .app-table-scroll)"])

    def _built(self) -> str:
        """A fingerprint of how the page is built, from its different sorts of lines."""
        built = NUMBERS.sub("0", VALUES.sub(r'\1="x"', WORDS.sub("x", SITE.sub("", self.page.content()))))
        lines = "\n".join(dict.fromkeys(line.strip() for line in built.splitlines()))
        return sha256(f"{self.scripts} {lines}".encode()).hexdigest()

    def _brings_axe(self) -> None:
        self.page.evaluate("() => { if (!('axe' in window)) bringAxe(); }")

    def _compares(self) -> None:
        """Check the colours of each style that has not been seen in this process, on the wide screen."""
        unknown = [look for look in self.page.evaluate(LOOKS) if f"{self.site} {look}" not in _compared]
        if unknown:
            self._brings_axe()
            self._finds(self.page.evaluate(COMPARE, [unknown, COLOURS]), DESKTOP["width"])
            _compared.update(f"{self.site} {look}" for look in unknown)

    def _finds(self, results: dict[str, Any], width: int) -> None:
        if (found := AxeResults(results)).violations_count:
            self._tells([f"at {width} px: {found.generate_report()}"])

    def _tells(self, what: list[str]) -> None:
        self.noticed += [f"{self.page.url} {one}" for one in what]

    def _hears(self, message: ConsoleMessage) -> None:
        # A refused page is logged here too; `_gets` decides whether it was meant to be refused.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.noticed.append(f"console: {message.text} ({self.page.url})")

    def _asks(self, request: Request) -> None:
        if UPN.search(request.url):
            self.noticed.append(f"a UPN in an address: {request.url}")
        if urlsplit(request.url).port != self.demo.port:
            self.noticed.append(f"asks elsewhere: {request.url}")

    def _fails(self, request: Request) -> None:
        """A request that the browser itself breaks off is no failure: a download, or a picture of a page just left."""
        if request.failure != "net::ERR_ABORTED":
            self.noticed.append(f"failed: {request.url} {request.failure}")

    def _gets(self, response: Response) -> None:
        if response.status >= 400 and not (
            response.status == self.expected and response.request.is_navigation_request()
        ):
            self.noticed.append(f"{response.status} for {response.url}")
