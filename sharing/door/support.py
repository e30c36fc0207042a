"""Mutual support: what an establishment offers, who asks for it, and what the answer is (P8, R2, R16, R20).

Everybody who reads about an establishment, officers included, reads its offers. Level 1 publishes and withdraws them,
asks in the name of its own establishment, and answers. Nothing here compares establishments or reads what they achieve.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone

from sharing.authorise import (
    Asker,
    NeedsSecondFactor,
    NoSuchRecord,
    NotAtYourLevel,
    Permission,
    Through,
    Visit,
    the_one,
    visit,
)
from sharing.cannot import CannotDo, check_unchanged, version_of
from sharing.models import Establishment, SupportOffer, SupportRequest
from sharing.models.establishments import names_apart
from sharing.models.support import SupportRequestQuerySet
from sharing.records.support import (
    AskingForSupport,
    OfferLine,
    OfferToMake,
    SupportLine,
    SupportPage,
    SupportRequestPage,
)
from sharing.signals import support_answered, support_asked
from sharing.statements import one_at_a_time

NOT_BY_OFFICERS = "Level 1 of establishments makes, asks for and answers offers of support, on Schools Online."
TAKES_NO_PART = "Your establishment does not take part in the protocol today, so it cannot offer support or ask for it."
ASKED_ALREADY = "You have already asked for this, in other words. Wait for the answer, or take that request back first."
OFFERED_ALREADY = "Your establishment already has an offer for this challenge. Change that one, or withdraw it first."
OFFERED_BEFORE = (
    "Your establishment’s offer for this challenge has ended. On the page of your offers, choose “Offer it for longer”."
    " You can change its words there too."
)
ASKED_FOR = (
    "Somebody has asked for this offer, so its challenge cannot change. Withdraw it, then publish another offer."
)

MEANWHILE = (
    "Somebody changed this offer while you had it open. The page of your offers shows what it says now. Look there, "
    "then save yours if it is still right."
)


class CannotSupport(CannotDo):
    """The offer, the request or its answer cannot be made as asked."""


@dataclass(frozen=True)
class NewOffer:
    """An offer as typed. `challenge` is a code of sharing.models.support.Challenge."""

    challenge: str
    what: str
    for_whom: str
    how: str
    until: date


def show_support(asker: Asker, urn: int) -> SupportPage:
    """The offers of an establishment; for its Level 1 also past ones, and the requests that it received and sent.

    Raises NeedsSecondFactor for Level 1 without one: what establishments write to each other is only for them (R13).
    """
    with visit(asker, Permission.VIEW_ESTABLISHMENT, urn, action="show_support", shared=True) as here:
        place = here.establishment
        keeps = _keeps(here, place.pk)
        if keeps and not asker.second_factor:
            raise NeedsSecondFactor
        offers = [_offer(offer, here.today) for offer in _offers_of(here, place.pk, keeps=keeps)]
        lines = tuple(_line(one, place.pk) for one in _requests(here).newest_first()) if keeps else ()
        takes_part = _takes_part(here)
        here.showed(offers=len(offers), requests=len(lines))
        return SupportPage(
            here.pages_of(place),
            offers=tuple(offer for offer in offers if offer.stands),
            past=tuple(offer for offer in offers if not offer.stands),
            requests=lines,
            asks_as=_may_ask(here) if takes_part and not keeps else (),
            keeps=keeps,
            may_offer=keeps and takes_part,
            head=place.head_job_title,
            telephone=place.telephone,
            website=place.website,
            why=here.why,
        )


def show_offering(asker: Asker, urn: int, offer_id: int | None = None) -> OfferToMake:
    """The form of an offer. Raises NoSuchRecord for one that does not exist or is withdrawn."""
    with _at_level_1(asker, urn, "show_offering") as here:
        offer = _own(here, offer_id) if offer_id is not None else None
        here.showed(offer=offer_id)
        typed = {**asdict(_as_typed(offer)), "version": version_of(_as_typed(offer))} if offer else None
        return OfferToMake(here.here, typed, here.why)


def publish_offer(asker: Asker, urn: int, *, wish: NewOffer) -> int:
    """Show it to the community from now on. Returns its number. Raises CannotSupport."""
    with _at_level_1(asker, urn, "publish_offer") as here:
        _check(here, wish)
        offer = SupportOffer(establishment=here.establishment, made_by_name=asker.name, **asdict(wish))
        _keep(here, offer, wish)
        here.changed(offer=offer.pk, challenge=offer.challenge, until=offer.until)
        number: int = offer.pk
        return number


def change_offer(asker: Asker, urn: int, offer_id: int, *, wish: NewOffer, version: str | None = None) -> None:
    """Change an offer. `version`: of the offer as the form showed it. One that already says so stays as it is.

    Raises CannotSupport, ChangedMeanwhile, and NoSuchRecord for one that does not exist or is withdrawn.
    """
    with _at_level_1(asker, urn, "change_offer") as here:
        offer = _own(here, offer_id, to_change=True)
        now = _as_typed(offer)
        if now == wish:
            here.showed(offer=offer.pk)
            return
        check_unchanged(version, now, message=MEANWHILE)
        _check(here, wish)
        if wish.challenge != offer.challenge and offer.requests.exists():
            raise CannotSupport(ASKED_FOR, "challenge")
        for name, value in asdict(wish).items():
            setattr(offer, name, value)
        _keep(here, offer, wish)
        here.changed(offer=offer.pk, challenge=offer.challenge, until=offer.until)


def withdraw_offer(asker: Asker, urn: int, offer_id: int) -> None:
    """Hide it from the next request on. Those who have asked still get an answer. Raises NoSuchRecord."""
    with _at_level_1(asker, urn, "withdraw_offer") as here:
        offers = SupportOffer.objects.of(here.establishment.pk).filter(pk=offer_id)
        if not offers.exists():
            raise NoSuchRecord
        if offers.filter(withdrawn_at=None).update(withdrawn_at=timezone.now(), withdrawn_by_name=asker.name):
            here.changed(offer=offer_id)
        else:
            here.showed(offer=offer_id)


def show_asking_for_support(asker: Asker, urn: int, offer_id: int) -> AskingForSupport:
    """What the establishment is about to ask for. Raises NoSuchRecord for its own offer, or one no longer open."""
    with _at_level_1(asker, urn, "show_asking_for_support") as here:
        offer = _of_another(here, offer_id)
        here.showed(offer=offer.pk)
        return AskingForSupport(
            here.here,
            _offer(offer, here.today),
            offered_by=offer.establishment.name,
            offered_urn=offer.establishment.urn,
            telephone=offer.establishment.telephone,
            why=here.why,
        )


def ask_for_support(asker: Asker, urn: int, offer_id: int, *, words: str) -> int:
    """Ask to join, or to be contacted. Returns the request's number, which is the same if it is sent twice (R30).

    Raises CannotSupport also where an earlier request waits that says something else.
    """
    with _at_level_1(asker, urn, "ask_for_support") as here:
        offer = _of_another(here, offer_id)
        if not _takes_part(here):
            raise CannotSupport(TAKES_NO_PART)
        one_at_a_time("ask_for_support")
        asked = SupportRequest.objects.waiting().filter(offer=offer, from_establishment=here.establishment)
        is_new = not asked.exists()
        request = SupportRequest(
            offer=offer, establishment_id=offer.establishment_id, from_establishment=here.establishment, words=words,
            asked_by_id=asker.person_id, asked_by_name=asker.name,
        )  # fmt: skip
        try:
            with transaction.atomic():
                SupportRequest.objects.bulk_create([request], ignore_conflicts=True)
        except IntegrityError as refused:  # the offer has been withdrawn meanwhile
            raise NoSuchRecord from refused
        waiting = asked.get()
        if waiting.words != words:
            raise CannotSupport(ASKED_ALREADY, "words")
        say = here.changed if is_new else here.showed
        say(support_request=waiting.pk, offer=offer.pk)
        number: int = waiting.pk
        if is_new:
            support_asked.send(sender=Visit, support_request_id=number)
        return number


def show_support_request(asker: Asker, urn: int, request_id: int) -> SupportRequestPage:
    """One request, for Level 1 at either end. Raises NoSuchRecord."""
    with _at_level_1(asker, urn, "show_support_request") as here:
        place, request = here.establishment.pk, _request(here, request_id)
        line = _line(request, place)
        other = request.establishment if line.is_ours else request.from_establishment
        here.showed(support_request=request.pk)
        return SupportRequestPage(
            here.here,
            line,
            _offer(request.offer, here.today),
            words=str(request.words),
            asked_by=request.asked_by_name,
            answer=str(request.answer),
            answered_by=request.answered_by_name,
            can_answer=line.waits and not line.is_ours,
            can_take_back=line.waits and line.is_ours,
            telephone=other.telephone,
            why=here.why,
        )


def answer_support_request(asker: Asker, urn: int, request_id: int, *, accepts: bool, answer: str) -> None:
    """Say yes or no to it, with words, as the establishment that offers. The same answer sent twice counts once.

    Raises CannotSupport where it has been settled differently meanwhile.
    """
    state = SupportRequest.State.ACCEPTED if accepts else SupportRequest.State.DECLINED
    with _at_level_1(asker, urn, "answer_support_request") as here:
        _settle(here, request_id, "establishment", state, answer)


def take_back_support_request(asker: Asker, urn: int, request_id: int) -> None:
    """Take the request back, as the establishment that asked. Taking it back twice is the same as once.

    Raises CannotSupport where it has been answered meanwhile.
    """
    with _at_level_1(asker, urn, "take_back_support_request") as here:
        _settle(here, request_id, "from_establishment", SupportRequest.State.TAKEN_BACK)


def _settle(here: Visit, request_id: int, end: str, state: SupportRequest.State, answer: str = "") -> None:
    """Settle it once: of two at the same time, the second waits in PostgreSQL and then finds nothing waiting."""
    if getattr(_request(here, request_id), end) != here.establishment:
        raise NoSuchRecord
    settled = SupportRequest.objects.waiting().filter(pk=request_id).update(
        state=state, answer=answer, answered_at=timezone.now(), answered_by_name=here.asker.name
    )  # fmt: skip
    if settled:
        here.changed(support_request=request_id, state=state.value)
        if state != SupportRequest.State.TAKEN_BACK:
            support_answered.send(sender=Visit, support_request_id=request_id)
        return
    now = _request(here, request_id)
    if (now.state, str(now.answer), now.answered_by_name) != (state, answer, here.asker.name):
        raise CannotSupport("Nothing was changed: this request was answered or taken back in the meantime.")
    here.showed(support_request=request_id, state=state.value)


@contextmanager
def _at_level_1(asker: Asker, urn: int, action: str) -> Iterator[Visit]:
    with visit(asker, Permission.KEEP_RECORDS, urn, action=action) as here:
        if asker.through != Through.SCHOOLS_ONLINE:
            raise NotAtYourLevel(NOT_BY_OFFICERS)
        yield here


def _keeps(here: Visit, place: int) -> bool:
    at_schools = here.asker.through == Through.SCHOOLS_ONLINE
    return at_schools and here.holdings.holds(Permission.KEEP_RECORDS, place)


def _takes_part(here: Visit) -> bool:
    return Establishment.objects.participating(here.today).filter(pk=here.establishment.pk).exists()


def _may_ask(here: Visit) -> tuple[tuple[int, str], ...]:
    if here.asker.through != Through.SCHOOLS_ONLINE:
        return ()
    own = Establishment.objects.participating(here.today).filter(pk__in=here.holdings.at(Permission.KEEP_RECORDS))
    return tuple(names_apart(own.by_name()).items())


def _offers_of(here: Visit, place: int, *, keeps: bool) -> list[SupportOffer]:
    offers = SupportOffer.objects.of(place).by_challenge()
    return list(offers if keeps else offers.standing(here.today))


def _own(here: Visit, offer_id: int, *, to_change: bool = False) -> SupportOffer:
    """The establishment's own offer. `to_change`: nobody else changes or withdraws it until this visit ends."""
    offers = SupportOffer.objects.of(here.establishment.pk).filter(pk=offer_id, withdrawn_at=None)
    return the_one(offers.select_for_update() if to_change else offers)


def _as_typed(offer: SupportOffer) -> NewOffer:
    return NewOffer(offer.challenge, offer.what, offer.for_whom, offer.how, offer.until)


def _of_another(here: Visit, offer_id: int) -> SupportOffer:
    """An open offer of another establishment that this one may read about (R2, R16)."""
    standing = SupportOffer.objects.standing(here.today).exclude(establishment=here.establishment)
    readable = here.readable_establishments().values("pk")
    return the_one(standing.filter(pk=offer_id, establishment__in=readable).select_related("establishment"))


def _requests(here: Visit) -> SupportRequestQuerySet:
    """The requests of the establishment while both ends take part: what they write is shared data (R16, R17)."""
    taking_part = Establishment.objects.participating(here.today).values("pk")
    both = SupportRequest.objects.of(here.establishment.pk).between(taking_part)
    return both.select_related("offer", "establishment", "from_establishment")


def _request(here: Visit, request_id: int) -> SupportRequest:
    return the_one(_requests(here).filter(pk=request_id))


def _check(here: Visit, wish: NewOffer) -> None:
    if not _takes_part(here):
        raise CannotSupport(TAKES_NO_PART)
    if wish.until < here.today:
        raise CannotSupport("The last day must not be in the past.", "until")


def _keep(here: Visit, offer: SupportOffer, wish: NewOffer) -> None:
    fields = None if offer._state.adding else list(asdict(wish))
    try:
        with transaction.atomic():
            offer.save(update_fields=fields)
    except IntegrityError as refused:
        standing = SupportOffer.objects.of(here.establishment.pk).standing(here.today)
        stands = standing.filter(challenge=wish.challenge).exists()
        raise CannotSupport(OFFERED_ALREADY if stands else OFFERED_BEFORE, "challenge") from refused


def _offer(offer: SupportOffer, today: date) -> OfferLine:
    over = "Withdrawn" if offer.withdrawn_at else "Over"
    return OfferLine(
        id=offer.pk,
        challenge=offer.get_challenge_display(),
        what=offer.what,
        for_whom=offer.for_whom,
        how=offer.how,
        until=offer.until,
        made_at=offer.made_at,
        state="Stands" if offer.withdrawn_at is None and offer.until >= today else over,
    )


def _line(request: SupportRequest, place: int) -> SupportLine:
    is_ours = request.from_establishment_id == place
    return SupportLine(
        id=request.pk,
        challenge=request.offer.get_challenge_display(),
        other=(request.establishment if is_ours else request.from_establishment).name,
        is_ours=is_ours,
        state=request.get_state_display(),
        waits=request.state == SupportRequest.State.WAITING,
        asked_at=request.asked_at,
        answered_at=request.answered_at,
    )
