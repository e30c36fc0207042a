"""Establishments: the asker's own places, the list of the community, and one establishment's shared information."""

from collections.abc import Iterable
from functools import partial

from sharing.authorise import Asker, Permission, Visit, visit
from sharing.context import BEHIND, NOT_KNOWN, in_order_of, whom_they_count, written
from sharing.door.due import due_at
from sharing.door.own_lists import kept_lists
from sharing.door.paging import page_of
from sharing.door.releases import current_figures
from sharing.measures.stopped import stopped_of_context
from sharing.models import Establishment, EstablishmentLink
from sharing.models.establishments import CLOSED, EstablishmentQuerySet, Kind, names_apart
from sharing.ordering import Comparison, ContextKey, NotAnOrder
from sharing.records import (
    ContextFact,
    EstablishmentLine,
    EstablishmentList,
    EstablishmentPage,
    EstablishmentRecord,
    Page,
    Place,
)
from sharing.records.figures import Shown
from sharing.records.stopped import StoppedFigures

DEPRIVATION = ("idaci_pupils", "idaci", "imd_score")
TAKES_PART, EXCLUDED, OUTSIDE = "Takes part", "Has excluded itself", "Does not take part"
PAUSED, SHUT = "Takes no part for a time", "Closed"


def my_places(asker: Asker) -> tuple[Place, ...]:
    """The establishments at which the asker has a place, by name (A18)."""
    with visit(asker, Permission.VIEW_ESTABLISHMENT, action="my_places") as here:
        held = here.holdings.to_choose_from()
        own = list(Establishment.objects.filter(pk__in=held).with_membership(here.today).by_name())
        due, kept, names = due_at(here, own), kept_lists(here), names_apart(own)
        places = tuple(
            Place(
                **vars(here.pages_of(establishment)) | {"name": names[establishment.urn]},
                kind=establishment.get_kind_display(),
                reason=held[establishment.pk].reason,
                ends_on=held[establishment.pk].ends_on,
                participates=establishment.takes_part_since is not None,
                takes_part_from=establishment.takes_part_from,
                is_closed=establishment.status_code == CLOSED,
                to_do=due[establishment.pk],
                kept=kept.get(establishment.pk),
            )
            for establishment in own
        )
        here.showed(establishments=len(places))
        return places


# The orders that the list may have, each with its purpose. The first is used where none was chosen.
ORDERS = {
    ContextKey.NAME: "you can find one quickly",
    ContextKey.PHASE: "you can find those that teach children of the same ages",
    ContextKey.SIZE: "you can find those of about your own size",
    ContextKey.IDACI: "you can find those whose children live under conditions like yours",
    ContextKey.FSM: "you can find those with about as many children in poverty",
}
# The same where figures stand beside the names: by deprivation unless the reader chooses another (R29).
ORDERS_OF_FIGURES = (ContextKey.IDACI, *(key for key in ORDERS if key != ContextKey.IDACI))


def list_establishments(
    asker: Asker,
    *,
    named: str = "",
    kind: str = "",
    order: ContextKey = ContextKey.NAME,
    number: int = 1,
    to_take_away: str = "",
) -> EstablishmentList:
    """The establishments whose shared information the asker may read, by their context (R3, R4, R29).

    `to_take_away`: as which kind of file, if any; then all of them are on one page. Raises NotAnOrder for an order that
    is not in ORDERS.
    """
    comparison = comparison_by(order)
    with visit(asker, Permission.VIEW_ESTABLISHMENT, action="list_establishments") as here:
        found = in_order_of(comparison, here.readable_establishments().with_membership(here.today))
        if kind:
            found = found.filter(kind=kind)
        found = found.called(named)
        page = _whole(found, order) if to_take_away else page_of(found, number, partial(_line, order=order))
        own = here.establishments_with(Permission.VIEW_ESTABLISHMENT).values_list("urn", flat=True)
        here.showed(establishments=len(page.rows), file=to_take_away, **comparison.for_the_ledger)
        why = here.why_the_list
        protected = whom_they_count(line.counts for line in page)
        narrowings = (("Type", Kind(kind).label if kind else ""), ("Search", named.strip()))
        narrowed_to = tuple(f"{what}: {words}" for what, words in narrowings if words)
        return EstablishmentList(
            page, frozenset(own), tuple(Kind.choices), narrowed_to, protected, stopped_behind(order), comparison, why
        )


def comparison_by(order: ContextKey) -> Comparison:
    """The list of establishments in this order, and its purpose. Raises NotAnOrder."""
    if order not in ORDERS:
        raise NotAnOrder(f"The list of establishments is not ordered by {order!r}.")
    return Comparison(order, ORDERS[order])


def stopped_behind(order: ContextKey) -> tuple[StoppedFigures, ...]:
    """What is stopped of the figures that this order is made of."""
    return stopped_of_context(BEHIND[order]) if order in BEHIND else ()


def _whole(found: EstablishmentQuerySet, order: ContextKey) -> Page[EstablishmentLine]:
    rows = tuple(_line(establishment, order) for establishment in found)
    return Page(rows, 1, len(rows))


def show_establishment(asker: Asker, urn: int) -> EstablishmentPage:
    """One establishment's shared information: the asker's own, or another that participates (R3, R17)."""
    with visit(asker, Permission.VIEW_ESTABLISHMENT, urn, action="show_establishment", shared=True) as here:
        establishment = Establishment.objects.with_membership(here.today).get(pk=here.establishment.pk)
        here.showed(establishments=1)
        return EstablishmentPage(
            here.here,
            _record(establishment),
            _context(here, establishment),
            stopped_of_context(DEPRIVATION),
            why=here.why,
        )


def _context(here: Visit, establishment: Establishment) -> tuple[ContextFact, ...]:
    """How deprived the pupils' homes and the establishment's own area are, as stored; for nobody from few children."""
    figures = current_figures(here, measures=DEPRIVATION, establishments=[establishment.pk])
    newest = {figure.measure: figure for figure in figures if not figure.is_small}  # by year, so the last one wins
    return tuple(
        ContextFact(
            figure.kind.name,
            figure.kind.definition,
            figure.text,
            figure.year,
            figure.release_id,
            figure.status_words,
            figure.source,
            figure.as_of,
        )
        for code in DEPRIVATION
        if (figure := newest.get(code))
    )


def _participation(establishment: Establishment) -> str:
    if establishment.takes_part_since:
        return TAKES_PART
    if not establishment.took_part_until:
        return OUTSIDE
    if establishment.takes_part_from:
        return PAUSED
    return SHUT if establishment.status_code == CLOSED else EXCLUDED


def _in_context(establishment: Establishment, order: ContextKey) -> Shown:
    """The value that the order is by, as written. Empty where it has a column of its own."""
    if order == ContextKey.SIZE:
        pupils = establishment.number_of_pupils
        return Shown(NOT_KNOWN) if pupils is None else Shown(f"{pupils:,}", str(pupils))
    return written(establishment.context, BEHIND[order]) if order in BEHIND else Shown("")


def _line(establishment: Establishment, order: ContextKey) -> EstablishmentLine:
    context = _in_context(establishment, order)
    return EstablishmentLine(
        urn=establishment.urn,
        name=establishment.name,
        kind=establishment.get_kind_display(),
        phase=establishment.phase_name,
        town=establishment.town,
        locality=establishment.in_locality or "",
        status=_participation(establishment),
        since=establishment.takes_part_since,
        dfe_number=establishment.dfe_number,
        as_of=establishment.as_of,
        context=context.text,
        number=context.number,
        counts=context.counts,
    )


def _record(establishment: Establishment) -> EstablishmentRecord:
    links = list(EstablishmentLink.objects.filter(urn=establishment.urn).order_by("link_urn"))
    number = establishment.establishment_number
    as_they_are = (
        "urn", "name", "type_name", "status_name", "open_date", "close_date", "low_age", "high_age", "gender_name",
        "capacity", "number_of_pupils", "telephone", "website", "head_title", "head_job_title", "religious_character",
        "trust_name", "lsoa_code", "source", "as_of",
    )  # fmt: skip
    return EstablishmentRecord(
        **{name: getattr(establishment, name) for name in as_they_are},
        kind=establishment.get_kind_display(),
        phase=establishment.phase_name,
        participation=_participation(establishment),
        participates_since=establishment.takes_part_since,
        locality=establishment.in_locality or "",
        dfe_number=f"{establishment.la_code}/{number:04}" if number else "",
        address=establishment.address_lines,
        predecessors=_linked(links, "Predecessor"),
        successors=_linked(links, "Successor"),
    )


def _linked(links: Iterable[EstablishmentLink], how: str) -> tuple[tuple[int, str], ...]:
    """URN and name of those that the national register links in this way: plainly, by a merger or by a split."""
    return tuple((link.link_urn, link.link_name) for link in links if link.link_type.startswith(how))
