"""What axe does not see: how a page reads in a screen reader, on paper, in forced colours, at 400% and spaced out.

It is all checked during visits that take place anyway (`Someone.looks`), once for each way a page is built.
"""

from playwright.sync_api import Page

from tests.plain_english import faults

# 1280 × 1024 at 400 % (WCAG 1.4.10), and a small phone: nothing may scroll sideways.
NARROW = {"width": 320, "height": 256}

# Names and structure: tables, charts, headings, the skip link, errors beside their fields.
READ_OUT = """
() => {
  const wrong = [], all = query => [...document.querySelectorAll(query)];
  const tell = (what, element) => wrong.push(`${what}: ${element.outerHTML.slice(0, 200)}`);
  const words = ids => (ids || "").split(/\\s+/).filter(Boolean)
    .map(id => document.getElementById(id)?.textContent ?? "").join(" ").trim();
  const named = element => element.getAttribute("aria-label")?.trim() || words(element.getAttribute("aria-labelledby"));

  // Whoever speaks to the computer says the words that they see (2.5.3), and means one link (2.4.4).
  const plain = text => text.toLowerCase().replace(/[^\\p{L}\\p{N}]+/gu, " ").trim();
  const without = (element, hidden) => {
    const copy = element.cloneNode(true);
    copy.querySelectorAll(hidden).forEach(part => part.remove());
    return plain(copy.textContent);
  };
  const called = element => plain(named(element) || "") || without(element, "[aria-hidden=true]");
  for (const control of all("a[href], button, summary"))
    if (!called(control).includes(without(control, "[aria-hidden=true], .govuk-visually-hidden")))
      tell("the words to be seen are not together in its name", control);
  for (const table of all("table")) {
    const leads = new Map();
    for (const link of table.querySelectorAll("td a[href]")) {
      if (leads.has(called(link)) && leads.get(called(link)) !== link.href)
        tell("leads elsewhere than another link of its name in the table", link);
      leads.set(called(link), link.href);
    }
  }
  for (const list of all("main ul")) {
    const items = [...list.children];
    const only = what => items.filter(item => item.children.length === 1 && item.matches(`:has(> ${what})`));
    const [chosen, others] = [only("strong"), only("a")];
    if (chosen.length === 1 && others.length && others.length === items.length - 1)
      if (!chosen[0].querySelector("[aria-current]")) tell("chosen, for the eye alone", chosen[0]);
  }
  const number = document.querySelector(".govuk-pagination [aria-current]")?.textContent.trim();
  if (number && number !== "1" && !document.title.includes(`(page ${number} of `))
    wrong.push("a title that does not say which page of the list it is");  // 2.4.2

  for (const table of all("table")) {
    if (!table.caption?.textContent.trim() && !named(table)) tell("a table without a caption", table);
    const headers = [...table.querySelectorAll("th")];
    if (!headers.length) tell("a table without headers", table);
    headers.filter(th => !["col", "row", "colgroup", "rowgroup"].includes(th.scope)).forEach(th =>
      tell("a header without scope", th));
    headers.filter(th => !th.textContent.trim()).forEach(th => tell("an empty header", th));
  }
  for (const svg of all("svg").filter(svg => !svg.parentElement.closest("svg"))) {
    if (svg.getAttribute("aria-hidden") === "true" || svg.closest(".app-qr[role=img][aria-label]")) continue;
    if (svg.getAttribute("role") !== "img" || !named(svg)) { tell("a picture without a name", svg); continue; }
    if (svg.matches(".app-spark")) continue;  // its name is all that it says
    const beneath = all("table").some(table => svg.compareDocumentPosition(table) & Node.DOCUMENT_POSITION_FOLLOWING);
    if (!beneath) tell("a chart without a table beneath", svg);
    if ([...svg.querySelectorAll("text")].some(text => !text.closest("[aria-hidden=true]")))
      tell("a chart whose words Firefox has read out after its name", svg);
  }
  for (const spark of all(".app-spark"))
    if (!/\\d/.test(named(spark))) tell("a line whose name has no figures", spark);

  if (all("h1").length !== 1) wrong.push(`${all("h1").length} headings of the first level`);
  if (all("main").length !== 1) wrong.push(`${all("main").length} main parts`);
  const first = all("a[href], button, input, select, textarea, summary, [tabindex]")[0];
  if (first && !first.matches(".govuk-skip-link")) tell("the skip link is not first", first);
  for (const link of all("a[href^='#']"))
    if (link.hash.length > 1 && !document.getElementById(decodeURIComponent(link.hash.slice(1))))
      tell("a link to nowhere on the page", link);
  all("[tabindex]").filter(element => element.tabIndex > 0).forEach(element => tell("an order of its own", element));
  all("[id]").filter((element, place, every) => every.findIndex(other => other.id === element.id) !== place)
    .forEach(element => tell("an id twice", element));
  all("a[target=_blank]").filter(link => !/new (tab|window)/i.test(link.textContent))
    .forEach(link => tell("opens a new tab unannounced", link));

  all("summary").filter((opens, place, every) =>
    every.findIndex(other => other.textContent.trim() === opens.textContent.trim()) !== place)
    .forEach(opens => tell("opens something, with the same words as another", opens));
  all("a[href]").filter(link => /^(CSV|Excel|Excel workbook|PDF)$/.test(link.textContent.trim()))
    .forEach(link => tell("a file of what?", link));
  for (const link of all("a[href]"))
    if (/^\\s*\\|\\s*$/.test(link.nextSibling?.data ?? "")) tell("a stroke that is read out beside", link);

  for (const error of all(".govuk-form-group:has(input, select, textarea) .govuk-error-message")) {
    const id = error.closest("[id]").id, described = all("[aria-describedby]").some(field =>
      field.getAttribute("aria-describedby").split(/\\s+/).includes(id));
    if (!described) tell("an error that no field is described by", error);
    if (!/Error:/.test(error.textContent)) tell("an error that does not say so", error);
  }
  return wrong;
}
"""
SAID = """
() => [document.title, ...[...document.querySelectorAll(
  "h1, .govuk-error-message, .govuk-error-summary li, .govuk-notification-banner__content")]
  .map(element => element.textContent.replace(/\\s+/g, " ").trim())]
"""

# WCAG 1.4.12. The policy does not refuse a constructed style sheet.
SPACE_OUT = """
() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
    p { margin-bottom: 2em !important }`);
  document.adoptedStyleSheets = [sheet];
  const width = document.documentElement.scrollWidth;
  document.adoptedStyleSheets = [];
  return width;
}
"""

# A table's caption must be readable without scrolling to the right.
CUT_OFF = """
() => [...document.querySelectorAll(".app-table-scroll caption")]
  .filter(caption => caption.getBoundingClientRect().right > caption.closest("div").getBoundingClientRect().right + 1)
  .map(caption => `a caption cut off: ${caption.outerHTML}`)
"""

# Forced white on black: the lines of a chart must still be visible, and a tag must keep an outline.
IN_FORCED_COLOURS = """
() => {
  const wrong = [], seen = element => element.checkVisibility() && element.getBoundingClientRect().width > 0;
  const light = colour => {
    const [red, green, blue] = colour.match(/[\\d.]+/g).map(Number).map(part => part / 255)
      .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const against = (one, other) => {
    const [dark, bright] = [light(one), light(other)].sort((a, b) => a - b);
    return (bright + 0.05) / (dark + 0.05);
  };
  const canvas = getComputedStyle(document.body).backgroundColor;
  const drawn = "rect, circle, line, polyline, text, path";
  for (const mark of document.querySelectorAll(drawn.split(", ").map(name => `main svg ${name}`).join(", "))) {
    if (!seen(mark) || mark.closest(".app-qr")) continue;
    const { fill, stroke } = getComputedStyle(mark);
    const colours = [fill, stroke].filter(colour => colour !== "none");
    if (!colours.some(colour => against(colour, canvas) >= 3))
      wrong.push(`lost in forced colours: ${mark.outerHTML}`);
  }
  for (const tag of document.querySelectorAll(".govuk-tag")) {
    const style = getComputedStyle(tag);
    const outlined = [style.borderTopWidth, style.outlineWidth].some((width, which) => parseFloat(width) >= 1 &&
      [style.borderTopStyle, style.outlineStyle][which] !== "none");
    if (seen(tag) && !outlined) wrong.push(`in forced colours a tag like any words: ${tag.outerHTML}`);
  }
  return wrong;
}
"""

# R15: on paper, pages for people who are signed in have the marking; nothing that can be pressed is printed.
ON_PAPER = """
() => {
  const wrong = [], seen = element => element.checkVisibility() && element.getBoundingClientRect().height > 0;
  const marking = document.querySelector(".app-print-only");
  const unmarked = ["/protocol/", "/guidance/", "/ledger/seal/", "/purpose/", "/suspension/"];  // no shared data there
  const signedIn = document.querySelector(".app-header__person form");
  if (signedIn && !unmarked.some(path => location.pathname.startsWith(path)) &&
      !(marking && seen(marking) && marking.textContent.includes("OFFICIAL-SENSITIVE")))
    wrong.push("printed without its marking");
  // As the head of a table, which browsers without margin boxes print on each sheet too: Firefox was tried.
  if (marking && (getComputedStyle(marking).display !== "table-header-group" ||
      getComputedStyle(marking.parentElement).display !== "table"))
    wrong.push("its marking is on the first sheet alone");
  if (![...document.querySelectorAll("h1")].some(seen)) wrong.push("printed without its heading");
  for (const element of document.querySelectorAll("nav, button:not(.app-person), footer, .govuk-skip-link, .app-demo"))
    if (seen(element)) wrong.push(`printed: ${element.outerHTML.slice(0, 160)}`);
  return wrong;
}
"""


def read_out(page: Page) -> list[str]:
    """Problems for a screen reader, and words to the reader that are not plain English."""
    wrong, said = page.evaluate(f"() => [({READ_OUT})(), ({SAID})()]")
    return [*wrong, *(fault for text in said for fault in faults(text))]


def spaced_or_cut(page: Page, width: int) -> list[str]:
    """Things that need more room than there is: with wider spacing, or a caption as it is."""
    cut, needed = page.evaluate(f"() => [({CUT_OFF})(), ({SPACE_OUT})()]")
    return [*cut, *([f"with wider spacing it scrolls sideways: {needed} px on {width} px"] if needed > width else [])]


def elsewhere_than_on_a_screen(page: Page) -> list[str]:
    """Problems in forced colours and on paper."""
    page.emulate_media(forced_colors="active", color_scheme="dark")
    forced = page.evaluate(IN_FORCED_COLOURS)
    page.emulate_media(forced_colors="none", color_scheme="light", media="print")
    printed = page.evaluate(ON_PAPER)
    page.emulate_media(media="screen")
    return [*forced, *printed]
