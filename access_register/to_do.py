"""What waits for those who keep a register (R36), records (P9) or duties (R42), for their home page."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q
from django.dispatch import receiver
from django.template.defaultfilters import pluralize

from access_register.models import ProtocolVersion, RegisterLine
from access_register.models.lines import HEAD_SEAT
from access_register.participation import participation
from access_register.register import to_confirm
from access_register.reviews import reviews
from access_register.third_parties import third_parties
from sharing.authorise import Permission, Through, Visit
from sharing.authority import BRADFORD
from sharing.models import Challenge
from sharing.signals import home_counted, workbench_opened
from sharing.to_do.here import Counted, number_of, said
from sharing.to_do.officers import Waiting


@receiver(home_counted)
def people_to_confirm(here: Visit, **kwargs: Any) -> Iterable[Counted]:
    """At each establishment with lines to confirm: how many people the asker can confirm, and by which day."""
    kept = here.holdings.at(Permission.MANAGE_REGISTER)
    if kept:
        late = Q(review_due_on__lt=here.today)
        yield Counted(reviews.lines_waiting(here, kept), _people, "review", late=late, by=F("review_due_on"))


@receiver(home_counted)
def registers_to_look_through(here: Visit, **kwargs: Any) -> Iterable[Counted]:
    """Registers that the asker took over as head, or that came over under a new URN, until they confirm them (A10)."""
    kept = here.holdings.at(Permission.MANAGE_REGISTER)
    if kept and here.asker.through == Through.SCHOOLS_ONLINE:
        headed = RegisterLine.objects.filter(person_id=here.asker.person_id, seat=HEAD_SEAT, starts_on__lte=here.today)
        of_mine = headed.live_on(here.today).filter(establishment__in=kept)
        there = {"establishment": OuterRef("establishment")}
        waits = Exists(to_confirm.taken_over(here).filter(**there)) | Exists(to_confirm.carried_over().filter(**there))
        words = said("Look through the Access Register, and confirm it")
        yield Counted(of_mine.filter(waits), words, "confirm_register")


@receiver(home_counted)
def nobody_answers_for_the_protocol(here: Visit, **kwargs: Any) -> Iterable[Counted]:
    """Establishments where no responsible manager or no signatory is on file."""
    kept = here.holdings.at(Permission.MANAGE_REGISTER)
    if kept and here.asker.through == Through.SCHOOLS_ONLINE:
        words = said("Say who answers for the protocol here")
        yield Counted(participation.unanswered(here, kept), words, "participation")


@receiver(home_counted)
def certificates_owed(here: Visit, **kwargs: Any) -> Iterable[Counted]:
    """Establishments to which a third party still owes a certificate of destruction (R25)."""
    kept = here.holdings.at(Permission.MANAGE_REGISTER)
    if kept and here.asker.through == Through.SCHOOLS_ONLINE:
        owing = third_parties.owing_certificates(here.today).filter(establishment__in=kept)
        words = number_of("certificate of destruction still owed", "certificates of destruction still owed")
        yield Counted(owing, words, "third_parties")


@receiver(home_counted)
def challenges_to_answer(here: Visit, **kwargs: Any) -> Iterable[Counted]:
    """At each establishment, how many challenges the asker has to answer, and how many are overdue."""
    kept = here.holdings.at(Permission.KEEP_RECORDS)
    if kept and here.asker.through != Through.EDUNET:
        mine = Challenge.objects.waiting().filter(establishment__in=kept, assigned_to=Challenge.Desk.SCHOOL)
        yield Counted(mine, _challenges, "challenges", late=Q(due_on__lt=here.today))


@receiver(workbench_opened)
def protocol_of_another_authority(here: Visit, **kwargs: Any) -> Iterable[Waiting]:
    """For the information manager, as long as the text that people accept is not their own authority's (R42)."""
    if settings.AUTHORITY_CODE == BRADFORD or not here.holdings.at(Permission.MANAGE_DUTIES):
        return
    of_our_own = ProtocolVersion.objects.exclude(number="2012").filter(in_force_from__lte=here.today)
    of_bradford = ProtocolVersion.objects.filter(~Exists(of_our_own), number="2012")
    one = "text of the protocol to publish: people accept Bradford’s of 2012. Ask whoever runs the portal"
    yield Waiting("Protocol", of_bradford, one, "texts of the protocol to publish", "protocol")


def _people(number: int, late: int) -> str:
    words = f"{number} {'person' if number == 1 else 'people'} to confirm"
    if not late:
        return f"{words} by"
    return f"{words}, due since" if late == number else f"{words}, the first due since"


def _challenges(waiting: int, overdue: int) -> str:
    words = f"{waiting} challenge{pluralize(waiting)} to answer"
    return f"{words}, {overdue} overdue" if overdue else words
