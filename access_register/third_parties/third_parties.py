"""Third parties (P10, R24, R25): a contract on record, a named person under it, read-only, never Level 1.

Access lasts for the days on which both the contract and the line are valid (grants). When it is over, the organisation
is asked to certify that it has destroyed what it had.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from access_register import grants
from access_register.levels import Level
from access_register.models import Contract, Invitation, Organisation, Person, RegisterLine
from access_register.notices import mail
from access_register.register import history
from access_register.register.register import CannotChange, ChangeRefused, Given, why_ask
from access_register.register.rules import WITHIN_THE_CONTRACT, enact, hold_register, live_lines, refuse, store
from access_register.sign_in import welcome
from access_register.sign_in.addresses import is_webmail
from access_register.third_parties import contracts
from access_register.third_parties.documents import Document
from access_register.third_parties.records import (
    ContractPage,
    ContractRecord,
    Terms,
    ThirdPartiesPage,
    ThirdPartyRecord,
)
from sharing import crypto
from sharing.authorise import Asker, NoSuchRecord, Permission, Visit, visit
from sharing.cannot import check_day, check_unchanged
from sharing.days import day_in_words
from sharing.ledger import ledger
from sharing.roles import BATCH, acting_as
from sharing.statements import hold_lock, value_of

COLUMN = "access_register_contract.document"
WEBMAIL = "Use the person's address at their organisation. Webmail addresses are not accepted for third parties."
OTHER_DAYS = (
    "Somebody changed these days while you had it open. They are now {} to {}. Save yours if they are still right."
)
LET_IN = "People have had access under it since its first day, so that day cannot change."
ON_THE_REGISTER = (
    "This person is already on the register, and not under this contract. Withdraw that line first, or wait until it "
    "has ended."
)
TOO_EARLY = "The last day must be {} or later."
ENDS_BEFORE = "Somebody named under it has a last day before this one. Withdraw that person, or choose another day."


def show_third_parties(asker: Asker, urn: int, *, to_record: bool = False) -> ThirdPartiesPage:
    """The contracts on record, and who still owes a certificate of destruction.

    `to_record`: before a contract is typed. Raises NeedsConfirmation then, as a form with a file in it cannot wait.
    """
    with visit(asker, Permission.MANAGE_REGISTER, urn, action="show_third_parties") as here:
        if to_record:
            asker.prove()
        told = tuple(_records(contracts.of(here), here))
        here.showed(contracts=len(told))
        owing = tuple(contract for contract in told if contract.owes_certificate)
        return ThirdPartiesPage(here.here, told, owing, here.why)


def show_contract(asker: Asker, urn: int, contract_id: int) -> ContractPage:
    """One contract, and who is named under it."""
    with visit(asker, Permission.MANAGE_REGISTER, urn, action="show_contract") as here:
        contract = contracts.one(here, contract_id)
        here.showed(contract=contract.pk)
        (record,) = _records([contract], here)
        return ContractPage(here.here, record, here.why)


def owing_certificates(today: date) -> QuerySet[Contract]:
    """The contracts that are over and whose organisation has not certified that it destroyed what it had. If nobody
    accepted under a contract, there is nothing to destroy."""
    accepted = RegisterLine.objects.filter(contract=OuterRef("pk"), awaiting_since=None)
    return Contract.objects.filter(contracts.over(today), Exists(accepted), destruction_certified_on=None)


def record_contract(asker: Asker, urn: int, *, terms: Terms) -> int:
    """Put a contract on record, before anybody has access under it (R25). Raises CannotChange.

    Returns its number. If the same contract is sent twice, that is the number of the first.
    """
    with visit(asker, Permission.MANAGE_REGISTER, urn, action="record_contract") as here:
        if terms.ends_on < max(terms.starts_on, here.today):
            raise CannotChange("The contract must end after it starts, and must not be over.", "ends_on")
        if terms.dbs_confirmed_on and terms.dbs_confirmed_on > here.today:
            raise CannotChange("The check must have been confirmed by today.", "dbs_confirmed_on")
        # These wait for each other: the same form sent twice, and a decision that ends a third party here (R41).
        hold_lock("third parties", here.establishment.pk)
        organisation, _ = Organisation.objects.get_or_create(name=terms.organisation)
        _check_not_barred(here, organisation)
        facts = {
            "organisation": organisation, "establishment": here.establishment, "reference": terms.reference,
            "clause": terms.clause, "starts_on": terms.starts_on, "ends_on": terms.ends_on,
            "dbs_confirmed_on": terms.dbs_confirmed_on, "recorded_by_name": asker.name,
            "document_name": terms.document.name if terms.document else "",
        }  # fmt: skip
        known = Contract.objects.filter(**facts, ended_at=None).first()
        if known:
            here.showed(contract=known.pk)
            return known.pk
        contract = Contract.objects.create(
            **facts,
            document=crypto.encrypt_bytes(terms.document.content, column=COLUMN) if terms.document else None,
        )
        here.changed(contract=contract.pk, ends_on=contract.ends_on, has_document=terms.document is not None)
        return contract.pk


def fetch_document(asker: Asker, urn: int, contract_id: int) -> Document:
    """The contract as it was uploaded, for those who keep the register."""
    with visit(asker, Permission.MANAGE_REGISTER, urn, action="fetch_contract_document") as here:
        contract = contracts.one(here, contract_id)
        if contract.document is None:
            raise NoSuchRecord
        document = Document(contract.document_name, crypto.decrypt_bytes(bytes(contract.document), column=COLUMN))
        here.showed(contract=contract.pk)
        return document


def record_dbs(asker: Asker, urn: int, contract_id: int, *, on: date, version: str | None = None) -> None:
    """Record the safeguarding check, without which nobody under the contract can have Level 2 (R25).

    `version`: the day that the form showed. Raises CannotChange and ChangedMeanwhile.
    """
    with visit(asker, Permission.MANAGE_REGISTER, urn, action="record_dbs") as here:
        contract = contracts.in_force(here, contract_id)
        if contract.dbs_confirmed_on == on:
            here.showed(contract=contract.pk)
            return
        check_day(version, contract.dbs_confirmed_on)
        if on > here.today:
            raise CannotChange("The check must have been confirmed by today.", "on")
        contract.dbs_confirmed_on = on
        contract.save(update_fields=["dbs_confirmed_on"])
        here.changed(contract=contract.pk, dbs_confirmed_on=on)


def change_contract(
    asker: Asker, urn: int, contract_id: int, *, on: date, starts_on: date | None = None, version: str | None = None
) -> None:
    """Change the last day, while the contract is in force, or the first day, until somebody under it has been let in.
    Lines that began or ended with the contract move with it, and none outlasts it (R25). Own last days come back.

    `version`: the days that the form showed. Raises CannotChange and ChangedMeanwhile.
    """
    with visit(asker, Permission.MANAGE_REGISTER, urn, action="change_contract") as here:
        contract = contracts.in_force(here, contract_id)
        before = (contract.starts_on, contract.ends_on)
        first = starts_on or contract.starts_on
        if before == (first, on):
            here.showed(contract=contract.pk)
            return
        check_unchanged(version, *before, message=OTHER_DAYS.format(*map(day_in_words, before)))
        lines = contracts.lines_of(contract)
        if on < max(first, here.today):
            raise CannotChange("The last day must be today or later, and not before the first.", "on")
        if first != contract.starts_on and _lets_people_in(contract, list(contract.lines.all()), here.today):
            raise CannotChange(LET_IN, "starts_on")
        if any(line.ends_on and line.ends_on < first for line in lines):
            raise CannotChange(ENDS_BEFORE, "starts_on")
        contract.starts_on, contract.ends_on = first, on
        contract.save(update_fields=["starts_on", "ends_on"])
        for line in lines:
            as_it_was = history.facts(line)
            if line.starts_on == before[0] and line.starts_on > here.today:
                line.starts_on = max(here.today, first)
            own = history.own_last_day(line, before[1])
            if line.ends_on:
                line.ends_on = min(own or on, on)
            if history.facts(line) == as_it_was:
                grants.follow_line(line)
            else:
                store(line)
                what = "cut" if own and own >= on else "changed"
                enact(here, line, what, before=as_it_was, because="The days of the contract have changed.")
        here.changed(contract=contract.pk, starts_on=first, ends_on=on, before=before)


def add_third_party(
    asker: Asker, urn: int, contract_id: int, *, name: str, email: str, level: Level, basis_words: str = "",
    ends_on: date | None = None, other_name: bool = True,
) -> Given:  # fmt: skip
    """Name a person under the contract, and write to them as `give_access` does. Raises CannotChange."""
    with visit(asker, Permission.MANAGE_REGISTER, urn, action="add_third_party") as here:
        hold_register(here)
        contract = contracts.in_force(here, contract_id)
        refuse(*_amiss(here, contract, name, email, level, basis_words, ends_on, other_name))
        person = Person.objects.known_or_new(email, name)
        line = RegisterLine(
            establishment=here.establishment, person=person, contract=contract, level=level,
            role=RegisterLine.Role.THIRD_PARTY, starts_on=max(here.today, contract.starts_on),
            ends_on=ends_on or contract.ends_on, level_since=here.today,
            basis=RegisterLine.Basis.HEADS_REASON if level == Level.TWO else "",
            basis_words=basis_words if level == Level.TWO else "", given_by_name=asker.name,
            awaiting_since=None if person.has_account else timezone.now(),
        )  # fmt: skip
        store(line)
        awaits = line.awaiting_since is not None
        enact(here, line, "invited" if awaits else "given", before=None)
        letter = welcome.letter(line)
        here.changed(line=line.pk, person=person.pk, contract=contract.pk, level=line.level, awaits=awaits)
    return Given(person, line.pk, awaits, mail.send(letter) == 1)


def check_third_party(
    asker: Asker, urn: int, contract_id: int, *, name: str, email: str, level: Level, basis_words: str = "",
    ends_on: date | None = None, other_name: bool = True,
) -> None:  # fmt: skip
    """Check an incomplete form, so that all its problems are reported together. Raises CannotChange."""
    with visit(asker, Permission.MANAGE_REGISTER, urn, action="add_third_party") as here:
        contract = contracts.in_force(here, contract_id)
        here.showed(contract=contract.pk)
        refuse(*_amiss(here, contract, name, email, level, basis_words, ends_on, other_name))


def end_contract(asker: Asker, urn: int, contract_id: int) -> None:
    """End the contract now: nobody under it sees anything on their next request (R25, R44). Raises CannotChange."""
    with visit(asker, Permission.MANAGE_REGISTER, urn, action="end_contract") as here:
        contract = contracts.in_force(here, contract_id)
        contract.ended_at = timezone.now()
        contract.save(update_fields=["ended_at"])
        lines = contracts.lines_of(contract)
        for line in lines:
            before = history.facts(line)
            line.withdrawn_at, line.withdrawn_by_name = contract.ended_at, asker.name
            line.withdrawn_because = "The contract has ended."
            store(line)
            enact(here, line, "withdrawn", before=before, because=line.withdrawn_because)
        waiting = Invitation.objects.filter(line__in=lines, accepted_at=None)
        waiting.update(revoked_at=contract.ended_at)
        _ask_for_certificate(contract)
        here.changed(contract=contract.pk, lines=[line.pk for line in lines])


def record_certificate(asker: Asker, urn: int, contract_id: int, *, on: date, version: str | None = None) -> None:
    """Record that the organisation has certified that it destroyed what it had. Another day corrects the one on record.

    `version`: the day that the form showed. Raises CannotChange and ChangedMeanwhile.
    """
    with visit(asker, Permission.MANAGE_REGISTER, urn, action="record_certificate") as here:
        contract = contracts.one(here, contract_id)
        if not contracts.is_over(contract, here.today):
            raise CannotChange("The contract is still in force. End it first.", "on")
        before = contract.destruction_certified_on
        if before == on:
            here.showed(contract=contract.pk)
            return
        check_day(version, before)
        if on > here.today:
            raise CannotChange("The day of the certificate must be today or earlier.", "on")
        if on < (ended := contracts.ended_on(contract)):
            raise CannotChange(
                f"The contract ended on {day_in_words(ended)}, and the certificate cannot be older.", "on"
            )
        contract.destruction_certified_on = on
        contract.save(update_fields=["destruction_certified_on"])
        here.changed(contract=contract.pk, destruction_certified_on=on, before=before)


def ask_for_certificates(today: date) -> list[str]:
    """Every night, ask the organisations whose contract is over, once each. Safe to run again, or twice at once."""
    with acting_as(BATCH):
        over = Contract.objects.filter(contracts.over(today), destruction_asked_at=None)
        asked = []
        for contract in over.select_for_update(skip_locked=True).order_by("pk"):
            _ask_for_certificate(contract)
            asked.append(f"{contract.organisation} was asked for a certificate of destruction.")
            about = {"contract": contract.pk}
            ledger.changed(action="ask_for_certificate", urn=contract.establishment.urn, about=about)
        return asked


def _amiss(
    here: Visit, contract: Contract, name: str, email: str, level: Level, basis_words: str, ends_on: date | None,
    other_name: bool,
) -> Iterator[CannotChange]:  # fmt: skip
    """Everything that stands in the way. The form itself reports a missing name."""
    if level == Level.ONE:
        yield ChangeRefused("A third party cannot have Level 1.", "level")
    if level == Level.TWO and not contract.dbs_confirmed_on:
        yield ChangeRefused("Record the safeguarding (DBS) check with the contract first.", "level")
    if level == Level.TWO and not basis_words.strip():
        yield CannotChange("Say why this person needs pupil information.", "basis_words")
    if is_webmail(email):
        yield ChangeRefused(WEBMAIL, "email")
    first = max(here.today, contract.starts_on)
    if ends_on and ends_on < first:
        yield CannotChange(TOO_EARLY.format("today" if first == here.today else day_in_words(first)), "ends_on")
    elif ends_on and ends_on > contract.ends_on:
        yield CannotChange(WITHIN_THE_CONTRACT.format(day_in_words(contract.ends_on)), "ends_on")
    known = Person.objects.of_address(email).first()
    on_its_days = live_lines(here).filter(starts_on__lte=ends_on or contract.ends_on).exclude(ends_on__lt=first)
    if known and on_its_days.filter(person=known).exclude(contract=contract).exists():
        yield CannotChange(ON_THE_REGISTER, "email")
    if known and name and not other_name and (asked := why_ask(known, name)):
        yield CannotChange(asked, "other_name")


def _check_not_barred(here: Visit, organisation: Organisation) -> None:
    """Refuse a new contract while a sanction that ended their access here is in force (R41). Raises ChangeRefused."""
    until = value_of("SELECT access_register_barred_until(%s, %s)", organisation.pk, here.establishment.pk)
    if until:
        last = day_in_words(until)
        raise ChangeRefused(
            f"This third party’s access was ended for a breach of the protocol until {last}.", "organisation"
        )


def _lets_people_in(contract: Contract, lines: Sequence[RegisterLine], today: date) -> bool:
    """Whether its first day has come and somebody was named under it."""
    return contract.starts_on <= today and bool(lines)


def _ask_for_certificate(contract: Contract) -> None:
    """Write to the people who had access under it. Somebody who was invited and never came has nothing to destroy, and
    the letter might have reached a stranger; a closed account has no mailbox."""
    contract.destruction_asked_at = timezone.now()
    contract.save(update_fields=["destruction_asked_at"])
    people = Person.objects.filter(lines__in=contract.lines.filter(awaiting_since=None), is_active=True).distinct()
    about = {"establishment": contract.establishment.name, "reference": contract.reference}
    for person in people:
        mail.send_later("certificate_of_destruction", [person.email], name=person.name, **about)


def _records(contracts: Iterable[Contract], here: Visit) -> Iterator[ContractRecord]:
    owing = set(owing_certificates(here.today).filter(establishment=here.establishment).values_list("pk", flat=True))
    return (_record(contract, here.today, contract.pk in owing) for contract in contracts)


def _record(contract: Contract, today: date, owes_certificate: bool) -> ContractRecord:
    over = contracts.is_over(contract, today)
    lines = sorted(contract.lines.all(), key=lambda line: line.withdrawn_at is not None)
    if contract.ended_at:
        state = f"Ended on {day_in_words(timezone.localdate(contract.ended_at))}"
    elif over:
        state = "Over"
    else:
        state = "In force" if contract.starts_on <= today else "Begins later"
    as_it_is = ("id", "reference", "clause", "starts_on", "ends_on", "document_name", "dbs_confirmed_on",
                "recorded_by_name", "destruction_certified_on")  # fmt: skip
    return ContractRecord(
        **{name: getattr(contract, name) for name in as_it_is},
        organisation=contract.organisation.name,
        state=state,
        is_over=over,
        lets_people_in=_lets_people_in(contract, lines, today),
        owes_certificate=owes_certificate,
        people=tuple(_person(line, contract, over, today) for line in lines),
    )


def _person(line: RegisterLine, contract: Contract, over: bool, today: date) -> ThirdPartyRecord:
    is_live = line.withdrawn_at is None and line.starts_on <= today and not (line.ends_on and line.ends_on < today)
    holds = is_live and not over
    awaits = holds and line.awaiting_since is not None
    return ThirdPartyRecord(
        line.pk, line.person.name, line.person.email, line.level, line.ends_on,
        has_access=holds and not awaits and line.suspended_at is None, awaits=awaits,
    )  # fmt: skip
