"""R29, A14: no view of several establishments is ordered by an outcome, by whatever way it is tried."""

import re
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from django.db.models import Avg, F, OuterRef, Subquery
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.html import escape

from sharing import door
from sharing.context import figure_of, in_order_of
from sharing.door.establishments import ORDERS
from sharing.measures import catalogue
from sharing.models import Establishment, Figure, LedgerEntry, Locality
from sharing.ordering import Comparison, ContextKey, NotAnOrder
from sharing.pages.ordering import ASKED_IN
from tests import figures
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, as_owner, asker, client

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nothing_released")]
BECKSIDE, RAVENSGILL, CRAGWELL = 999002, 999003, 999009
REPOSITORY = Path(__file__).resolve().parents[2]
OUTCOMES = [measure.code for measure in catalogue.MEASURES if measure.is_outcome]
PURPOSE = "it can be tested"


@pytest.mark.parametrize("code", OUTCOMES)
def test_no_outcome_becomes_an_order(code: str) -> None:
    """At run time: as a key, as a figure of context, and of the list."""
    with pytest.raises(NotAnOrder):
        Comparison(code, PURPOSE)
    with pytest.raises(NotAnOrder):
        figure_of(code)
    with pytest.raises(NotAnOrder):
        door.list_establishments(asker("governor-beckside"), order=code)
    assert code not in set(ContextKey)


def test_an_order_has_its_purpose() -> None:
    with pytest.raises(NotAnOrder):
        Comparison(ContextKey.NAME, " ")


def test_an_outcome_is_no_order_by_type() -> None:
    """mypy refuses it before anything runs."""
    text = "from sharing.ordering import Comparison, ContextKey\nComparison({}, 'a purpose')\n"
    command = [sys.executable, "-m", "mypy", "--config-file=", "--no-incremental", "-c"]
    right, wrong = (
        subprocess.run([*command, text.format(key)], cwd=REPOSITORY, capture_output=True, text=True, check=False)
        for key in ("ContextKey.IDACI", "'ks4_attainment8'")
    )
    assert right.returncode == 0, right.stdout
    assert '"Comparison" has incompatible type "str"; expected "ContextKey"' in wrong.stdout


def _outcome() -> Subquery:
    of_place = Figure.objects.filter(establishment=OuterRef("pk"), measure__code="ks2_rwm_expected")
    return Subquery(of_place.values("value")[:1])


@pytest.mark.parametrize(
    "order",
    [
        lambda: Establishment.objects.annotate(result=_outcome()).order_by("result"),
        lambda: Establishment.objects.annotate(context=_outcome()).order_by("-context"),
        lambda: Establishment.objects.alias(result=_outcome()).order_by(F("result").desc(nulls_last=True)),
        lambda: Establishment.objects.order_by(_outcome()),
        lambda: Establishment.objects.by_name().order_by("?"),
        lambda: Establishment.objects.order_by(F("number_of_pupils") + F("capacity")),
        lambda: Establishment.objects.extra(order_by=["capacity"]),
        lambda: Establishment.objects.latest("capacity"),
        lambda: Establishment.objects.earliest("capacity"),
        lambda: Figure.objects.order_by("value"),
        lambda: Figure.objects.order_by("-numerator"),
        lambda: Figure.objects.filter(measure__code="ks2_rwm_expected").order_by(F("value").desc()),
        lambda: Figure.objects.values("establishment").annotate(mean=Avg("value")).order_by("mean"),
        lambda: Figure.objects.latest("value"),
        lambda: Figure.objects.extra(order_by=["-value"]),
    ],
)
def test_no_queryset_is_ordered_by_an_outcome(order) -> None:
    with pytest.raises(NotAnOrder):
        order()


def _context() -> None:
    """Beckside is the most deprived, then Cragwell, then Ravensgill; their results are the other way round."""
    with as_batch():
        figures.out(
            "deprivation",
            2024,
            {
                (BECKSIDE, "idaci"): Decimal("0.5"),
                (RAVENSGILL, "idaci"): Decimal("0.1"),
                (CRAGWELL, "idaci"): Decimal("0.4"),
            },
        )
        figures.out(
            "ks2", 2024,
            {(urn, "ks2_rwm_expected"): value for urn, value in ((BECKSIDE, 40), (RAVENSGILL, 90), (CRAGWELL, 60))},
        )  # fmt: skip


def test_the_list_by_deprivation() -> None:
    """R29: the most deprived first, those without a figure last, ties by name; the ledger has order and purpose."""
    _context()
    found = door.list_establishments(asker("governor-beckside"), order=ContextKey.IDACI)
    names = [line.name for line in found.page]
    assert [line.urn for line in found.page][:3] == [BECKSIDE, CRAGWELL, RAVENSGILL]
    assert names[3:] == sorted(names[3:])
    assert [line.context for line in found.page][:4] == ["0.500", "0.400", "0.100", "Not known"]
    with as_batch():
        about = LedgerEntry.objects.order_by("-id").values_list("about", flat=True)[0]
    assert (about["order"], about["for"]) == ("idaci", ORDERS[ContextKey.IDACI])


@pytest.mark.parametrize(("pupils", "written"), [(1204, "1,204"), (0, "0"), (None, "Not known")])
def test_the_number_of_pupils_is_written_alike_in_each_list(pupils: int | None, written: str) -> None:
    """R31, P9: nobody is a number, and not the same as nobody knows."""
    _context()
    with as_batch():
        place = Establishment.objects.get(urn=RAVENSGILL)
        Establishment.objects.filter(pk=place.pk).update(number_of_pupils=pupils)
        locality = place.localities.get(ends_on=None).locality_id
    found = door.list_establishments(asker("governor-beckside"), order=ContextKey.SIZE)
    assert {line.urn: line.context for line in found.page}[RAVENSGILL] == written
    if pupils:  # of the others too little is known to be like anybody
        finder = client("governor-beckside").get("/school-finder/").content.decode()
        assert f">{written} <" in finder.partition(f'/establishments/{RAVENSGILL}/"')[2].partition("</tr>")[0]
    page = client("officer-information", EDUNET).get(f"/localities/{locality}/").content.decode()
    assert f">{written}</td>" in page.partition(f'/establishments/{RAVENSGILL}/"')[2].partition("</tr>")[0]


@pytest.mark.parametrize("key", [ContextKey.SIZE, ContextKey.PHASE, ContextKey.FSM, ContextKey.IMD])
def test_ties_are_broken_by_name(key: ContextKey) -> None:
    with as_batch():
        Establishment.objects.update(number_of_pupils=200, phase_code=2)
        names = list(in_order_of(Comparison(key, PURPOSE), Establishment.objects.all()).values_list("name", flat=True))
    assert names == sorted(names)


IN_ORDER = ["al-Noor School", "Élan School", "Oak Bank", "O’Connell School", "OXENBY Primary", "van Dyk School"]


@pytest.mark.parametrize("key", [ContextKey.NAME, ContextKey.SIZE])
def test_names_are_in_the_order_of_the_other_lists(key: ContextKey) -> None:
    """Neither a capital nor an accent nor an apostrophe sends an establishment to the end."""
    with as_batch():
        some = Establishment.objects.order_by("pk")[: len(IN_ORDER)]
        for place, name in zip(some, IN_ORDER[::-1], strict=True):
            Establishment.objects.filter(pk=place.pk).update(name=name, number_of_pupils=200)
        ours = Establishment.objects.filter(name__in=IN_ORDER)
        assert list(in_order_of(Comparison(key, PURPOSE), ours).values_list("name", flat=True)) == IN_ORDER


def test_localities_are_in_the_order_of_their_names() -> None:
    with as_owner():
        for name in ("Élan", "de Souza", "Zoar"):
            Locality.objects.create(name=name)
    names = [line.name for line in door.list_localities(asker("officer-data", EDUNET)).localities]
    assert [name for name in names if name in ("de Souza", "Élan", "Zoar")] == ["de Souza", "Élan", "Zoar"]
    assert names.index("Aireholme") < names.index("de Souza")


def test_likeness_is_to_one_establishment() -> None:
    with pytest.raises(NotAnOrder):
        in_order_of(Comparison(ContextKey.LIKENESS, PURPOSE), Establishment.objects.all())


# --- every page of both sites ---------------------------------------------------------------------------------------


def _paths(resolver: URLResolver, before: str = "") -> list[str]:
    """Every address that needs no more than a URN or the form of a file."""
    found = []
    for pattern in resolver.url_patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            found += _paths(pattern, route)
        elif isinstance(pattern, URLPattern):
            route = route.replace("<urn:urn>", str(BECKSIDE)).replace("<slug:form>", "csv")
            found += [] if "<" in route or "^" in route else [f"/{route}"]
    return found


def _places_in(text: str) -> list[str]:
    """The establishments in the order in which the page names them, each the first time."""
    with as_batch():
        names = list(Establishment.objects.values_list("name", flat=True))
    text = text[text.find("<main") if "<main" in text else 0 :]
    first = {name: min((at for n in (name, escape(name)) if (at := text.find(n)) >= 0), default=-1) for name in names}
    return sorted((name for name in names if first[name] >= 0), key=lambda name: first[name])


@pytest.mark.parametrize(("slug", "site"), [("head-beckside", SCHOOLS_ONLINE), ("officer-data", EDUNET)])
def test_no_page_is_sorted_by_an_outcome(slug: str, site) -> None:
    """R29: every address of both sites, asked for an outcome: refused with words, or the same establishments as before.

    Those that show several are refused, by whatever name they are asked: none forgets to say so. The others are asked
    by all names at once.
    """
    _context()
    browser, outcome = client(slug, site), "-ks2_rwm_expected"
    refused = set()
    for path in _paths(get_resolver(f"portal.urls.{site}")):
        if "sign-out" in path:
            continue
        before = browser.get(path)
        if before.status_code != 200:
            continue
        asked = browser.get(path, dict.fromkeys(ASKED_IN, outcome))
        if asked.status_code != 422:
            assert _places_in(asked.content.decode()) == _places_in(before.content.decode()), path
            continue
        refused.add(path)
        for name in ASKED_IN:
            alone = browser.get(path, {name: outcome})
            assert alone.status_code == 422, (path, name)
            assert "That order is not offered" in alone.content.decode()
    assert refused >= {
        "/", "/establishments/", "/establishments/download/csv/", "/school-finder/", "/protocol/signatories/",
    }  # fmt: skip
    assert ("/accuracy/" in refused) == (site == EDUNET)


def test_every_page_of_several_says_its_order() -> None:
    """R29: the order and its reason above the table; no rank, no percentile, no red, amber and green."""
    _context()
    browser = client("head-beckside")
    for path in ["/school-finder/", *(f"/establishments/?sort={key}" for key in ("", *ORDERS))]:
        page = browser.get(path).content.decode()
        assert page.index("This is not a ranking") < page.index("<table"), path
        text = re.sub(r"not a ranking", "", page[page.index("<main") :]).lower()
        assert not re.search(r"\brank|percentile|quartile|govuk-tag--(red|green|yellow|orange)", text), path
