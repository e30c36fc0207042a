"""Simple Markdown into a page: what stands there, and that nothing runs (R37, R13)."""

import re

import pytest

from sharing.advice.markdown import leads_well, links_of, page_of, words_of

# All that may stand between < and >.
OURS = re.compile(
    r"</?(?:h[2-5]|p|ul|ol|li|strong|em|br|table|thead|tbody|tr|th|td|div|caption|a)"
    r'(?: class="[a-z_ -]+"| scope="col"| start="[0-9]+"| role="region"| tabindex="0"'
    r'| aria-label="Table [0-9]+(?:: [^"<>]*)?"'
    r'| href="(?:https://|/(?!/))[^"<>\s]*")*>'
)
HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "![x](javascript:alert(1))",
    "![x](https://example.org/x.png)",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java&#x09;script:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](<javascript:alert(1)>)",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:msgbox)",
    "[x](//evil.example/)",
    r"[x](/\evil.example/)",
    "[x](https://us@evil.example/)",
    "[x](mailto:somebody@example.org)",
    "[x](http://example.org/)",
    '[x](https://example.org/"onclick="alert(1))',
    "[x](https://example.org/ \"title' onclick='alert(1)\")",
    "[x]: javascript:alert(1)\n\n[x]",
    "<https://example.org/>",
    "<javascript:alert(1)>",
    "| a |\n|--:|\n| <b onclick=x> |",
    "| a | b |\n|:-:|--:|\n| 1 | 2 |",
    '## "><script>x</script>\n\n| a |\n|---|\n| 1 |',
    "3. three\n4. four",
    "```\n<script>\n```",
    "> <style>*{}</style>",
    "&lt;script&gt;",
    "# a {onclick=x}",
    "*" * 500 + "[" * 500,
    "- " * 200 + "x",
]


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_nothing_that_runs_comes_through(number: int) -> None:
    """R13: no element, attribute or address but ours, so that the Content-Security-Policy holds."""
    page = page_of(HOSTILE[number])
    assert [part for part in re.findall("<[^>]*>?", page) if not OURS.fullmatch(part)] == []
    assert "style=" not in page


@pytest.mark.parametrize(
    ("address", "well"),
    [
        ("https://www.gov.uk/", True), ("/guidance/privacy/", True), ("/", True), ("https://x.example/?a=1#b", True),
        ("//evil.example", False), ("/\\evil.example", False), ("javascript:alert(1)", False), ("https:x", False),
        ("https:///x", False), ("http://x.example/", False), ("https://a@b.example/", False), ("https://[", False),
        ("guidance/", False), ("", False), ("#top", False),
    ],
)  # fmt: skip
def test_where_a_link_may_lead(address: str, well: bool) -> None:
    assert leads_well(address) is well


def test_headings_begin_at_the_second_level_and_skip_none() -> None:
    """R37: a screen reader reads the page as a part of ours."""
    text = "# One\n\n#### Two\n\n###### Three\n\n## Four"
    assert re.findall("<(h.)", page_of(text)) == ["h2", "h3", "h4", "h2"]
    assert re.findall("<(h.)", page_of(text, top=3)) == ["h3", "h4", "h5", "h3"]


def test_what_one_writes_is_what_one_reads() -> None:
    text = (
        "A **strong** [link](https://www.gov.uk/)\nand *more*.\n\n3. three\n4. four\n\n| A | B |\n|---|--:|\n| 1 | 2 |"
    )
    page = page_of(text)
    assert '<a class="govuk-link app-break" href="https://www.gov.uk/">link</a>' in page
    assert '<ol class="govuk-list govuk-list--number app-break" start="3">' in page
    assert '<td class="govuk-table__cell govuk-table__cell--numeric">2</td>' in page
    assert '<div class="app-table-scroll" role="region" tabindex="0" aria-label="Table 1">' in page
    assert 'govuk-visually-hidden">Table 1: The terms</caption>' in page_of(f"## The *terms*\n\n{text}")
    assert words_of(text).splitlines() == ["A strong link and more.", "three", "four", "A", "B", "1", "2"]


def test_links_that_are_meant_are_known_wherever_they_lead() -> None:
    found = [(link.words, link.address) for link in links_of("[a **b**](javascript:x) and [](/c/)")]
    assert found == [("a b", "javascript:x"), ("", "/c/")]
