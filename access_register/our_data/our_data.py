"""Our data: one page of numbers for a head and the governors: who can see it, who has, and what is due (R36, R43).

It names no child and no person. Each section is a function of its own in SECTIONS; another subject adds a line there.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Min, Q, Sum
from django.template.defaultfilters import pluralize
from django.utils import timezone

from access_register.breaches.reading import OPEN
from access_register.levels import Level
from access_register.models import Breach, Contract, Duty, RegisterLine
from access_register.models.lines import HEAD_SEAT
from access_register.models.people import let_in
from access_register.our_data.records import Fact, OurData, Section
from access_register.reviews import reviews
from access_register.third_parties.third_parties import owing_certificates
from sharing.authorise import Asker, Permission, Through, Visit, visit
from sharing.dates import covers
from sharing.days import day_in_words
from sharing.ledger.words import WORDS, Kind
from sharing.measures.history import urns_before
from sharing.models import Challenge, Consent, Download, EstablishmentPermission, LedgerEntry

# Of what the ledger counts as files: those that left, but not asking for one or destroying it.
TAKEN_AWAY = sorted(
    WORDS[Kind.FILE].keys()
    - {"ask_for_download", "make_download", "confirm_disposal", "note_destroyed", "prepare_answer"}
)
_WAS_GONE = {"given": False}  # somebody came to collect a file, but it had gone
SOON, RECENTLY, LATELY = timedelta(days=30), timedelta(days=30), timedelta(days=90)


@dataclass(frozen=True)
class Place:
    """The visit, and the lines of its register that are not over. The sections are made from these."""

    here: Visit
    lines: tuple[RegisterLine, ...]

    @property
    def soon(self) -> date:
        return self.here.today + SOON

    @property
    def is_head(self) -> bool:
        asker = self.here.asker.person_id
        return any(line.seat == HEAD_SEAT and line.person_id == asker for line in self.lines if self.holds(line))

    def holds(self, line: RegisterLine) -> bool:
        return line.suspended_at is line.awaiting_since is None and line.starts_on <= self.here.today


def show_our_data(asker: Asker, urn: int) -> OurData:
    """The whole page, for those who keep the register: the head, and the two people whom the head has named."""
    with visit(asker, Permission.MANAGE_REGISTER, urn, action="show_our_data") as here:
        lines = RegisterLine.objects.live_on(here.today).filter(establishment=here.establishment)
        place = Place(here, tuple(lines))
        sections = tuple(section(place) for section in SECTIONS)
        here.showed(sections=len(sections))
        return OurData(here.here, sections, place.is_head, timezone.now(), here.why)


def who_can_see(place: Place) -> Section:
    """How many can see it, by level, and what will change by itself."""
    lines = [line for line in place.lines if place.holds(line)]
    of_level = Counter(line.level for line in lines)
    of_role = Counter(line.role for line in lines)
    ending = sum(line.ends_on is not None and line.ends_on <= place.soon for line in lines)
    return Section(
        "Who can see it",
        (
            Fact("Level 1: everything, and the register", of_level[Level.ONE]),
            Fact("Level 2: pupils and establishment", of_level[Level.TWO]),
            Fact("Level 3: establishment only", of_level[Level.THREE]),
            Fact("Of these: governors", of_role[RegisterLine.Role.GOVERNOR]),
            Fact("Of these: third parties", of_role[RegisterLine.Role.THIRD_PARTY]),
            Fact("Lines ending in the next 30 days", ending),
            Fact("Suspended", sum(line.suspended_at is not None for line in place.lines)),
            Fact("Invited, not accepted yet", sum(line.awaiting_since is not None for line in place.lines)),
        ),
        page="register",
        link="Access Register",
    )


def which_officers(place: Place) -> Section:
    """Officers of the Council, by what a duty opens to them here today. All of them see establishment information.
    Only those who can come in count, as in the list of officers that it leads to (R19)."""
    rows = EstablishmentPermission.objects.live_on(place.here.today).filter(
        let_in(place.here.today, "user__"), content_object=place.here.establishment, through=Through.EDUNET
    )
    counted = dict(rows.values_list("permission__codename").annotate(Count("user", distinct=True)).order_by())
    facts = [Fact("Establishment information", counted.get(Permission.VIEW_ESTABLISHMENT, 0))]
    kinds = (Duty.Data.PUPILS, Duty.Data.STAFF, Duty.Data.RECORDS, Duty.Data.RESTRICTED)
    facts += [Fact(f"Under a duty or by law: {kind.label.lower()}", counted.get(kind.value, 0)) for kind in kinds]
    return Section("Which officers can", tuple(facts), page="officers_here", link="Officers and their duties")


def who_has_looked(place: Place) -> Section:
    """People who opened a page or took a file, by the ledger: our own, other establishments', and officers. Somebody
    who left our register before the days that are counted is of the establishment where they are now (A18)."""
    today, here = place.here.today, place.here
    gone = Q(ends_on__lt=today - LATELY) | Q(withdrawn_at__lt=timezone.now() - LATELY)
    ours = RegisterLine.objects.filter(establishment=here.establishment).exclude(gone).values("person")
    who = {
        "People on our register": Q(through=Through.SCHOOLS_ONLINE, person_id__in=ours),
        "People of other establishments": Q(through=Through.SCHOOLS_ONLINE) & ~Q(person_id__in=ours),
        "Officers": Q(through=Through.EDUNET),
    }
    recently = Q(at__gte=timezone.now() - RECENTLY)
    counts = {}
    for number, whose in enumerate(who.values()):
        counts[f"in_30_{number}"] = Count("person_id", distinct=True, filter=whose & recently)
        counts[f"in_90_{number}"] = Count("person_id", distinct=True, filter=whose)
    files = Count("pk", filter=Q(action__in=TAKEN_AWAY) & ~Q(about__contains=_WAS_GONE))
    rows = LedgerEntry.objects.at(here.establishment.urn).told_to_heads().from_day(today - LATELY)
    rows = rows.exclude(outcome=LedgerEntry.Outcome.REFUSED).exclude(person_id=None)
    found = rows.aggregate(files=files, **counts)
    facts = [
        Fact(words, f"{found[f'in_30_{number}']} in 30 days, {found[f'in_90_{number}']} in 90")
        for number, words in enumerate(who)
    ]
    facts.append(Fact("Files and prints taken away", f"{found['files']} in 90 days"))
    facts += [
        Fact(f"Under the earlier URN {one.urn}", f"Not counted here: until {day_in_words(one.until)}")
        for one in urns_before(here.establishment)
        if one.until >= today - LATELY
    ]
    return Section(
        "Who has looked",
        tuple(facts),
        page="ledger",
        link="Who has seen our data",
    )


def what_left(place: Place) -> Section:
    """What our people took away and have not destroyed, by purpose."""
    kept = Download.objects.filter(establishment=place.here.establishment, through=Through.SCHOOLS_ONLINE).still_kept()
    late = Count("pk", filter=Q(dispose_by__lt=place.here.today))
    rows = list(kept.values("purpose").annotate(number=Count("pk"), records=Sum("rows"), late=late).order_by("purpose"))
    facts = [
        Fact(
            str(Download.Purpose(row["purpose"]).label),
            f"{row['number']} with {row['records']} record{pluralize(row['records'])}"
            + (f", {row['late']} overdue" if row["late"] else ""),
            is_late=bool(row["late"]),
        )
        for row in rows
    ]
    return Section(
        "What was taken away and not yet destroyed", tuple(facts),
        empty="There is nothing left to destroy.", page="downloads_here", link="What was downloaded",
    )  # fmt: skip


def which_consents(place: Place) -> Section:
    """Consents to let others see our confidential items. The database tells only the head about them (R27)."""
    heading, page, link = "Consents given", "confidential_items", "Confidential items"
    if not place.is_head:
        return Section(heading, (), empty="Only the head can see these.", page=page, link=link)
    today = place.here.today
    standing = Consent.objects.filter(establishment=place.here.establishment, withdrawn_at=None, ends_on__gte=today)
    running = Q(starts_on__lte=today)
    found = standing.aggregate(
        running=Count("pk", filter=running),
        to_come=Count("pk", filter=~running),
        ending=Count("pk", filter=running & Q(ends_on__lte=place.soon)),
    )
    facts = (
        Fact("In force today", found["running"]),
        Fact("Of these, ending in the next 30 days", found["ending"]),
        Fact("Still to begin", found["to_come"]),
    )
    return Section(heading, facts, page=page, link=link)


def which_third_parties(place: Place) -> Section:
    """Contracts in force, by their last day, and organisations that owe a certificate of destruction."""
    people = Counter(line.contract_id for line in place.lines if place.holds(line))
    today = place.here.today
    contracts = Contract.objects.filter(covers(today), establishment=place.here.establishment, ended_at=None)
    facts = []
    for contract in contracts.select_related("organisation").order_by("ends_on", "pk"):
        number = people[contract.pk]
        words = f"{number} {'person' if number == 1 else 'people'}, until {day_in_words(contract.ends_on)}"
        facts.append(Fact(contract.organisation.name, words, is_late=contract.ends_on <= place.soon))
    owing = owing_certificates(today).filter(establishment=place.here.establishment).count()
    if owing:
        facts.append(Fact("Certificates of destruction owed", owing, is_late=True))
    return Section(
        "Third parties",
        tuple(facts),
        empty="No contract is in force today.",
        page="third_parties",
        link="Third parties",
    )


def which_challenges(place: Place) -> Section:
    """Challenges that nobody has answered yet."""
    waiting = Challenge.objects.at(place.here.establishment.pk).waiting()
    found = waiting.aggregate(
        ours=Count("pk", filter=Q(assigned_to=Challenge.Desk.SCHOOL)),
        teams=Count("pk", filter=Q(assigned_to=Challenge.Desk.DATA_TEAM)),
        late=Count("pk", filter=Q(due_on__lt=place.here.today)),
    )
    facts = (
        Fact("For us to answer", found["ours"]),
        Fact("With the Council’s data team", found["teams"]),
        Fact("Overdue", found["late"], is_late=bool(found["late"])),
    )
    return Section("Open challenges", facts, page="challenges", link="Challenges")


def which_breaches(place: Place) -> Section:
    """Breaches said to concern this establishment, as far as the asker has a part in them (R41)."""
    found = Breach.objects.filter(about=place.here.establishment).aggregate(
        open=Count("pk", filter=Q(state__in=OPEN)), over=Count("pk", filter=~Q(state__in=OPEN))
    )
    facts = (Fact("Open", found["open"], is_late=bool(found["open"])), Fact("Decided or closed", found["over"]))
    return Section("Breaches that concern us and that you know about", facts, page="breaches_from", link="Breaches")


def what_is_due(place: Place) -> Section:
    """How many people the termly review asks the asker to confirm, as on the home page, and by when."""
    here = place.here
    due = reviews.lines_waiting(here, {here.establishment.pk})
    number, due_on = due.aggregate(number=Count("pk"), by=Min("review_due_on")).values()
    confirmed = [line.confirmed_on for line in place.lines if line.confirmed_on]
    facts = [Fact("People for you to confirm", number)]
    if due_on:
        facts.append(Fact("By", f"{day_in_words(due_on)}", is_late=due_on < here.today))
    if confirmed:
        facts.append(Fact("Last confirmed", f"{day_in_words(max(confirmed))}"))
    return Section("Review of the register", tuple(facts), page="review", link="Review")


# One section a line, in the order of the page.
SECTIONS: tuple[Callable[[Place], Section], ...] = (
    who_can_see,
    which_officers,
    who_has_looked,
    what_left,
    which_consents,
    which_third_parties,
    which_challenges,
    which_breaches,
    what_is_due,
)
