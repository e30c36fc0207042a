"""The School Finder: establishments with a context like one's own, and what they offer (P8, R3, R29).

They are ordered by how alike their context is, never by an outcome; no outcome is read here.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sharing.authorise import Asker, NoSuchRecord, Permission, Through, Visit, visit
from sharing.context import (
    EAL,
    FACTORS,
    FSM,
    IDACI,
    SIZE_FACTOR,
    STAYED,
    Likeness,
    alike,
    whom_they_count,
    with_context,
    written,
)
from sharing.door.paging import slice_of
from sharing.measures.stopped import stopped_of_context
from sharing.models import Establishment, SupportOffer
from sharing.models.establishments import EstablishmentQuerySet, Kind, names_apart
from sharing.ordering import Comparison, ContextKey
from sharing.records import Page
from sharing.records.figures import Apart, FoundSchool, OfferFound, SchoolFinder

Offers = Mapping[int, Sequence[OfferFound]]
LIKE_MINE = Comparison(ContextKey.LIKENESS, "you can find those who work under conditions like yours and can ask them")


def find_schools(
    asker: Asker, *, of: int | None = None, locality: str = "", kind: str = "", challenge: str = "", number: int = 1
) -> SchoolFinder:
    """Those that take part and are of the same phase as the establishment `of`: one's own. If None, it is the one that
    the asker has chosen to work for, or the first school by name; a children's centre only where there is no school.

    Each comes with the support that it offers. `challenge`: only those that offer some about it (a code, or empty for
    all). Raises NoSuchRecord where `of` is not one's own. Officers choose among all that take part.
    """
    with visit(asker, Permission.VIEW_ESTABLISHMENT, action="find_schools") as here:
        readable = list(with_context(_taking_part(here)).by_name())
        own = [place for place in readable if place.pk in here.holdings.at(Permission.VIEW_ESTABLISHMENT)]
        chosen_first = sorted(
            own, key=lambda place: (str(place.urn) != asker.acting_for, place.kind == Kind.CHILDRENS_CENTRE)
        )
        mine = next((place for place in chosen_first if of in (None, place.urn)), None)
        if of is not None and mine is None:
            raise NoSuchRecord
        likenesses = alike(mine, readable) if mine else []
        localities = tuple(sorted({place.in_locality for place in readable if place.in_locality}))
        offers = _offers(here, challenge)
        wanted = [
            like
            for like in likenesses
            if _wanted(like.establishment, locality, kind) and (not challenge or like.establishment.pk in offers)
        ]
        page, of_mine = _page(wanted, offers, number), _found(mine) if mine else None
        shares = (share for school in (of_mine, *page) if school for share in (school.fsm, school.eal))
        here.showed(establishments=len(page.rows), of=mine.urn if mine else None, **LIKE_MINE.for_the_ledger)
        return SchoolFinder(
            of=of_mine,
            own=tuple(names_apart(own).items()),
            localities=localities,
            steps=tuple(factor.step_words for factor in (SIZE_FACTOR, *FACTORS.values())),
            page=page,
            protected=whom_they_count(share.counts for share in shares),
            stopped=stopped_of_context((*IDACI, *FSM, *EAL, *STAYED)),
            order=LIKE_MINE,
            why=here.why_the_list,
        )


def _taking_part(here: Visit) -> EstablishmentQuerySet:
    """The establishments that take part today, if the asker shares with them (R2, R16)."""
    taking_part = Establishment.objects.participating(here.today).with_membership(here.today)
    shares = (here.asker.through == Through.EDUNET and here.holdings.rows) or here.shares_with_others
    return taking_part if shares else taking_part.none()


def _wanted(place: Establishment, locality: str, kind: str) -> bool:
    return (not locality or place.in_locality == locality) and (not kind or place.kind == kind)


def _offers(here: Visit, challenge: str) -> Offers:
    """Establishment -> what it offers today, about this challenge or any."""
    standing = SupportOffer.objects.standing(here.today).by_challenge()
    found: dict[int, list[OfferFound]] = defaultdict(list)
    for offer in standing.filter(challenge=challenge) if challenge else standing:
        found[offer.establishment_id].append(OfferFound(offer.pk, offer.get_challenge_display(), offer.for_whom))
    return found


def _page(found: Sequence[Likeness], offers: Offers, number: int) -> Page[FoundSchool]:
    page = slice_of(found, number)
    rows = tuple(_found(like.establishment, like, offers.get(like.establishment.pk, ())) for like in page)
    return Page(rows, page.number, page.total)


def _found(place: Establishment, like: Likeness | None = None, offers: Sequence[OfferFound] = ()) -> FoundSchool:
    return FoundSchool(
        urn=place.urn,
        name=place.name,
        kind=place.get_kind_display(),
        town=place.town,
        locality=place.in_locality or "",
        pupils=place.number_of_pupils,
        idaci=written(place.idaci, IDACI),
        fsm=written(place.fsm, FSM),
        eal=written(place.eal, EAL),
        stayed=written(place.stayed, STAYED),
        distance=f"{like.distance:.2f}" if like else "",
        words=like.words if like else "",
        apart=like.apart if like else Apart(),
        head=place.head_job_title,
        telephone=place.telephone,
        website=place.website,
        source=place.source,
        as_of=place.as_of,
        offers=tuple(offers),
    )
