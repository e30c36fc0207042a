"""A report drawn as a tagged PDF (PDF/UA-1) by WeasyPrint, which needs pango on the machine.

Nothing is fetched: charts and styles are in the page that is drawn.
"""

import ctypes
import shutil
import subprocess
import sys
from base64 import b64encode
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from django.template.loader import render_to_string

from sharing.charts import PANEL_HEIGHT, Panels
from sharing.records.figures import MeasureOfPlace, Origin
from sharing.records.reports import WHAT_IT_IS, ReportFacts
from sharing.reports.chapters import OF_EVERYTHING, chapters_of

# The names of the packages in Debian and Ubuntu, with the library that each provides.
LIBRARIES = {
    "libpango-1.0-0": "libpango-1.0.so.0",
    "libpangoft2-1.0-0": "libpangoft2-1.0.so.0",
    "libharfbuzz-subset0": "libharfbuzz-subset.so.0",
}
# The packages with the fonts for names in other letters, with a letter of each: Gurmukhi, and Chinese.
FONTS = {"fonts-noto-core": "\N{GURMUKHI LETTER SA}", "fonts-noto-cjk": "\u4e2d"}
VARIANT = "pdf/ua-1"


class CannotDraw(Exception):
    """This machine lacks what WeasyPrint needs."""


@dataclass(frozen=True)
class Drawn:
    """A PDF and its number of pages."""

    content: bytes
    pages: int


@dataclass(frozen=True)
class Picture:
    """One panel of a chart as an SVG in a data address, with its text equivalent."""

    address: str
    words: str


@lru_cache
def missing() -> tuple[str, ...]:
    """The packages missing on this machine for making PDFs; empty if PDFs can be made."""
    if sys.platform != "linux":  # elsewhere WeasyPrint finds them under other names
        return () if _imports() else tuple(LIBRARIES)
    return tuple(package for package, library in LIBRARIES.items() if not _loads(library))


def missing_fonts() -> tuple[str, ...]:
    """The packages without which names in some letters are drawn as boxes. Asks fontconfig, which pango needs too."""
    if not shutil.which("fc-list"):
        return ()
    return tuple(package for package, letter in FONTS.items() if not _has_a_font(letter))


def _has_a_font(letter: str) -> bool:
    found = subprocess.run(["fc-list", f":charset={ord(letter):x}", "file"], capture_output=True, check=False)
    return bool(found.stdout)


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _imports() -> bool:
    try:
        import weasyprint  # noqa: F401
    except OSError:
        return False
    return True


def draw(facts: ReportFacts, made_on: date) -> Drawn:
    """The report as a PDF. Raises CannotDraw if `missing` names anything."""
    _check_the_system()
    return draw_page(page_of(facts, made_on))


def _check_the_system() -> None:
    if missing():
        raise CannotDraw(", ".join(missing()))


def draw_page(page: str, variant: str | None = VARIANT) -> Drawn:
    """A page of HTML as a PDF, tagged unless drawn onto another. Raises CannotDraw if `missing` names anything."""
    _check_the_system()
    from weasyprint import HTML  # loads pango
    from weasyprint.urls import URLFetcher

    nothing_outside = URLFetcher(allowed_protocols=["data"], fail_on_errors=True)
    html = HTML(string=page, url_fetcher=nothing_outside)
    options = {"pdf_variant": variant}
    document = html.render(**options)
    return Drawn(document.write_pdf(**options), len(document.pages))


def page_of(facts: ReportFacts, made_on: date) -> str:
    """The report as the HTML page to be drawn."""
    chapters = [
        (chapter.subject, [(measure, pictures_of(measure), _sources(measure)) for measure in chapter.measures])
        for chapter in chapters_of(facts.measures)
    ]
    return render_to_string(
        "reports/report.html",
        {
            "facts": facts,
            "made_on": made_on,
            "chapters": chapters,
            "what_it_is": WHAT_IT_IS[facts.report],
            "of_everything": OF_EVERYTHING,
            "newest": facts.origins[-1].label if facts.origins else "",
        },
    )


def pictures_of(measure: MeasureOfPlace) -> list[Picture]:
    """The panels of the measure's chart, each as a picture of its own, so that two fit side by side."""
    if not measure.chart:
        return []
    return [_picture(measure, replace(measure.chart, panels=(replace(panel, y=0),))) for panel in measure.chart.panels]


def _picture(measure: MeasureOfPlace, alone: Panels) -> Picture:
    (panel,) = alone.panels
    svg = render_to_string(
        "components/panels.html",
        {"panels": replace(alone, height=PANEL_HEIGHT), "key": measure.code, "for_paper": True},
    )
    beside = f", beside {panel.other.label} of {panel.name}" if panel.other else ""
    words = f"Chart of {measure.name}: the newest figure is {panel.own.label}{beside}. The table has every year."
    return Picture(f"data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}", words)


def _sources(measure: MeasureOfPlace) -> list[tuple[str, str, list[Origin]]]:
    """The releases of a measure's figures by dataset: (dataset, source, releases), newest first."""
    by_dataset: dict[tuple[str, str], list[Origin]] = {}
    found = dict.fromkeys(origin for year in measure.years for origin in year.origins)
    for origin in found:
        by_dataset.setdefault((origin.dataset, origin.source), []).append(origin)
    return [(dataset, source, origins) for (dataset, source), origins in by_dataset.items()]
