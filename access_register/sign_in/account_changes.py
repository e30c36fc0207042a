"""What those who run the service change in an account, once they are sure who is asking (A18, R36, R44): a name; an
address; freeing an address for the person who has it now; shutting an account that somebody else has got hold of.

No page does this, because anybody who can change an address can take over the account. It is done as portal_batch, and
each function records it in the ledger. The history keeps the words it was written with, and says what the name or the
address was before.
"""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.hashers import make_password
from django.db.models import Q
from django.utils import timezone

from access_register import grants
from access_register.models import Handover, Invitation, OfficerAppointment, Person, RegisterLine
from access_register.models.lines import RegisterLineQuerySet
from access_register.notices import mail
from access_register.officers import officers
from access_register.register import history
from access_register.service import BY_ITSELF
from access_register.sign_in import sessions
from access_register.sign_in.addresses import is_the_councils, is_webmail
from sharing.cannot import CannotDo
from sharing.dates import A_MOMENT
from sharing.ledger import ledger
from sharing.models import Establishment, EstablishmentPermission
from sharing.models.establishments import EstablishmentQuerySet

UNKNOWN = "There is no account with this email address."
NOBODY = "freed.invalid"  # a domain that no mail server has (RFC 2606)
TAKEN = "Another account has this address. If that person no longer has it, free it first (free_address)."
STILL_HERE = "This person has access at {}. End that first, at the establishment or on EduNet."
RENAMED = "Your name in Schools Online and EduNet is now “{}”. Anything recorded earlier keeps the name you had then."
MOVED = "Sign in with this address from now on. Your password and second factors stay as they are."
NOT_YET = (
    "This is the address of your account from now on. The link that was sent to the earlier one no longer works: ask "
    "whoever invited you to send another. Officers, and whoever is named as the next head, get one by choosing “I "
    "cannot sign in”."
)
LEFT = "Your account in Schools Online and EduNet no longer has this address."
SHUT = (
    "Nobody can sign in with your account for now, because somebody else may have got hold of it. Whoever runs the "
    "service will open it again once it is safe."
)
OPENED = (
    "Your account is open again, with the access that is on record for you now. First choose a new password by using "
    "“I cannot sign in”, and then set up a second factor."
)


def account_of(address: str) -> Person:
    """The person whose work address this is. Raises CannotDo."""
    person = Person.objects.of_address(address).first()
    if person is None:
        raise CannotDo(UNKNOWN)
    return person


def rename(person: Person, name: str) -> None:
    """Give the account another name, as after a marriage, wherever it is named from now on."""
    _lock_lines(person)
    before = person.name
    person.name = name
    person.save(update_fields=["name"])
    for line in _lines(person):
        grants.follow_line(line)  # the rows' reason may name the person
        history.tell(line, "renamed", by_name=BY_ITSELF, before=history.facts(line), because=f"it was {before}")
    if _appointed(person) and not Person.objects.filter(name=before, appointments__isnull=False).exists():
        of_today = OfficerAppointment.objects.exclude(ends_on__lt=timezone.localdate())
        of_today.filter(manager=before).update(manager=name)
    ledger.changed(action="rename_person", about={"person": person.pk})
    write(person, RENAMED.format(name), person.email)


def move(person: Person, address: str) -> None:
    """Give the person another address. Every session ends, and links sent to the old one are void. Raises CannotDo."""
    before, address = person.email, address.strip().lower()
    if Person.objects.of_address(address).exclude(pk=person.pk).exists():
        raise CannotDo(TAKEN)
    if _appointed(person) and not is_the_councils(address):
        raise CannotDo(officers.of_the_council())
    if is_webmail(address) and _lines(person).filter(role=RegisterLine.Role.THIRD_PARTY).exists():
        raise CannotDo("A third party cannot have a webmail address.")
    _lock_lines(person)
    person.email = address
    person.save(update_fields=["email"])
    _forget_ways_in(person)
    for line in _lines(person):
        history.tell(line, "moved", by_name=BY_ITSELF, before=history.facts(line), because=f"it was {before}")
    ledger.changed(action="change_address", about={"person": person.pk})
    if person.has_account:
        write(person, MOVED, address)
        write(person, LEFT, before)
    else:
        write(person, NOT_YET, address)


def free_address(person: Person) -> None:
    """Close an account whose address now belongs to somebody else, and take the address off it. The new owner can then
    get an account of their own, with nothing from this one: no access, no history, no second factor. Raises
    CannotDo."""
    if person.is_superuser or _appointed(person):
        raise CannotDo(STILL_HERE.format("the Education Department"))
    if places := _places(person):
        raise CannotDo(STILL_HERE.format(" and ".join(places.values_list("name", flat=True))))
    person.email = f"{person.pk}@{NOBODY}"
    _let_nobody_in(person)
    ledger.changed(action="free_address", about={"person": person.pk})


def shut(person: Person) -> None:
    """Shut an account that somebody else has, or may have, got hold of. Nobody gets in from the next request on,
    whatever they know or hold (R44). What the person may see stays on the register for when the account is opened
    again. Raises CannotDo."""
    if not person.is_active:
        raise CannotDo("This account is already shut. Use `--open` to open it.")
    _let_nobody_in(person)
    ledger.changed(action="shut_account", about={"person": person.pk})
    write(person, SHUT, person.email)


def open_again(person: Person) -> None:
    """Open a shut account, by a link to the owner's mailbox: nothing that opened it before works. Raises CannotDo."""
    if person.is_active:
        raise CannotDo("This account is not shut.")
    _let_nobody_in(person)  # again: something already under way, such as a new password, may have come after it
    person.is_active = True
    person.save(update_fields=["is_active"])
    ledger.changed(action="open_account", about={"person": person.pk})
    write(person, OPENED, person.email)


def write(person: Person, words: str, address: str) -> None:
    """Tell the person that the service changed something in the account, in case they did not ask for it."""
    mail.send_later("account_changed", [address], name=person.name, words=words)


def _lines(person: Person) -> RegisterLineQuerySet:
    return RegisterLine.objects.live_on(timezone.localdate()).filter(person=person).select_related("person", "contract")


def _lock_lines(person: Person) -> None:
    """Lock the person's lines before the person, as whoever changes a line does: none is withdrawn meanwhile, and then
    opened again (R44)."""
    list(RegisterLine.objects.filter(person=person).select_for_update().order_by("pk"))


def _places(person: Person) -> EstablishmentQuerySet:
    """Where anything is open to them, waits for them, or will begin: by a line, a headship offered, or an order."""
    opened = EstablishmentPermission.objects.filter(user_id=person.pk).exclude(ends_on__lt=timezone.localdate())
    offered = Handover.objects.filter(successor=person, done_at=None, cancelled_at=None)
    here = Q(pk__in=opened.values("content_object")) | Q(pk__in=offered.values("establishment"))
    return Establishment.objects.filter(here | Q(pk__in=_lines(person).values("establishment"))).by_name()


def _appointed(person: Person) -> bool:
    return person.appointments.exclude(ends_on__lt=timezone.localdate()).exists()


def _let_nobody_in(person: Person) -> None:
    person.is_active, person.password = False, make_password(None)
    person.save(update_fields=["email", "is_active", "password"])
    _forget_ways_in(person)
    Authenticator.objects.filter(user_id=person.pk).delete()
    SocialAccount.objects.filter(user_id=person.pk).delete()


def _forget_ways_in(person: Person) -> None:
    """End whatever would let in somebody who reads the old address or has an open session. Links to choose a password
    end with the address; allauth keeps every address that ever asked for one and would write there again."""
    sessions.end_all_of(person)
    EmailAddress.objects.filter(user_id=person.pk).delete()
    sent = Invitation.objects.filter(line__person=person, accepted_at=None, expires_at__gt=timezone.now())
    sent.update(expires_at=timezone.now() - A_MOMENT)
