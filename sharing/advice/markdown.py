"""Simple Markdown made into a page (R37): headings from h2 down, paragraphs, lists, links, tables; nothing that runs.

HTML that somebody types stays text. A link leads to https or to a page of this portal: any other stays text too. No
attribute comes from what was typed except the address of such a link, so the Content-Security-Policy is kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

RULES: Final = ["heading", "list", "table", "link", "emphasis", "escape", "entity", "newline"]
DEEPEST: Final = 4
BREAKS: Final = "app-break"  # long words are broken, except in a table, which scrolls
CLASSES: Final = {
    "paragraph_open": f"govuk-body {BREAKS}",
    "bullet_list_open": f"govuk-list govuk-list--bullet {BREAKS}",
    "ordered_list_open": f"govuk-list govuk-list--number {BREAKS}",
    "link_open": f"govuk-link {BREAKS}",
    "table_open": "govuk-table",
    "thead_open": "govuk-table__head",
    "tbody_open": "govuk-table__body",
    "tr_open": "govuk-table__row",
    "th_open": "govuk-table__header",
    "td_open": "govuk-table__cell",
}
SIZES: Final = {2: "govuk-heading-m", 3: "govuk-heading-s", 4: "govuk-heading-s", 5: "govuk-heading-s"}
NUMERIC: Final = {"th_open": "govuk-table__header--numeric", "td_open": "govuk-table__cell--numeric"}


def page_of(text: str, *, top: int = 2) -> SafeString:
    """The page. `top` is the level of its first headings, for use below other headings."""
    reader = _reader()
    tokens = reader.parse(text)
    _dress(tokens, top)
    return mark_safe(reader.renderer.render(tokens, reader.options, {}))  # noqa: S308 -- raw HTML is off, links are ours


def words_of(text: str) -> str:
    """The text that a reader sees, without Markdown's markup."""
    tokens = _reader().parse(text)
    return "\n".join("".join(_said(token.children or [])) for token in tokens if token.type == "inline")


@dataclass(frozen=True)
class Link:
    words: str
    address: str


def links_of(text: str) -> list[Link]:
    """Every intended link, including those that the page would leave as text."""
    found = []
    for token in _reader(_Meant).parse(text):
        inside = token.children or []
        for place, child in enumerate(inside):
            if child.type == "link_open":
                ends = next(at for at in range(place, len(inside)) if inside[at].type == "link_close")
                words = "".join(_said(inside[place:ends])).strip()
                found.append(Link(words, str(child.attrs["href"])))
    return found


def cells_of(text: str) -> int:
    """How many cells its tables have in total, including those added to complete a short row."""
    return sum(token.type in ("th_open", "td_open") for token in _reader().parse(text))


def leads_well(address: str) -> bool:
    if address.startswith("/"):
        return address[1:2] not in ("/", "\\") and "\\" not in address
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc


class _Page(MarkdownIt):
    def validateLink(self, url: str) -> bool:  # noqa: N802 -- the name in markdown-it
        return leads_well(url)


class _Meant(MarkdownIt):
    """Reads each link as one, wherever it leads, so that it can be refused by name; it never makes a page."""

    def validateLink(self, url: str) -> bool:  # noqa: N802 -- the name in markdown-it
        return True


def _reader(kind: type[MarkdownIt] = _Page) -> MarkdownIt:
    reader = kind("zero", {"html": False, "linkify": False, "typographer": False}).enable(RULES)
    reader.add_render_rule("table_open", _table_begins)
    reader.add_render_rule("table_close", _table_ends)
    return reader


def _table_begins(renderer: Any, tokens: Sequence[Token], place: int, options: Any, env: Any) -> str:
    """Open a table that scrolls on its own, can be reached by keyboard, and is named after the heading above."""
    named, table = escape(tokens[place].meta["named"]), renderer.renderToken(tokens, place, options, env)
    caption = f'<caption class="govuk-table__caption govuk-visually-hidden">{named}</caption>'
    return f'<div class="app-table-scroll" role="region" tabindex="0" aria-label="{named}">\n{table}{caption}\n'


def _table_ends(renderer: Any, tokens: Sequence[Token], place: int, options: Any, env: Any) -> str:
    return f"{renderer.renderToken(tokens, place, options, env)}</div>\n"


def _said(inside: Sequence[Token]) -> list[str]:
    return [" " if token.type in ("softbreak", "hardbreak") else token.content for token in inside]


def _dress(tokens: list[Token], top: int) -> None:
    """Give the tokens our classes, headings that never skip a level, and tables that scroll on their own."""
    above, tables, heading = top - 1, 0, ""
    for place, token in enumerate(tokens):
        if token.type == "heading_open":
            wanted = max(int(token.tag[1]), 2) + top - 2
            above = min(wanted, above + 1, DEEPEST + top - 2)
            token.tag = tokens[place + 2].tag = f"h{above}"
            token.attrs = {"class": f"{SIZES[above]} {BREAKS}"}
            heading = "".join(_said(tokens[place + 1].children or []))
        elif token.type in CLASSES:
            aligned, begins = "right" in str(token.attrs.get("style", "")), token.attrs.get("start")
            numeric = f" {NUMERIC[token.type]}" if aligned and token.type in NUMERIC else ""
            token.attrs = {"class": f"{CLASSES[token.type]}{numeric}"}
            if token.type == "ordered_list_open" and begins:
                token.attrs["start"] = begins
            if token.type == "table_open":
                tables += 1
                token.meta["named"] = f"Table {tables}: {heading}" if heading else f"Table {tables}"
            if token.type == "th_open":
                token.attrs["scope"] = "col"
        for child in token.children or []:
            if child.type == "link_open":
                child.attrs = {"class": CLASSES["link_open"], "href": child.attrs["href"]}
