"""Marked confidential items at every establishment, and what row-level security alone lets through (R26 to R28).

What is allowed is worked out from the cast in a few plain lines that share no code with the portal.
"""

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from sharing.authorise.holdings import Holdings
from sharing.models import Consent, Establishment, Locality, LocalityMembership, RestrictedFile, RestrictedItem
from tests.locks.attempts import Attempt, Holes
from tests.locks.switches import rows
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, asker, person

HAZELTHWAITE, BECKSIDE, RAVENSGILL, LARKROYD, OXENBY = 999001, 999002, 999003, 999004, 999005
AIREHOLME = {HAZELTHWAITE, BECKSIDE, OXENBY, 999011, 999013}
BECKDALE = {RAVENSGILL, 999006, 999012}  # without Larkroyd, which has excluded itself
# Items in force: whoever may see the establishment's items may see the plain one.
PLAIN, NARROWED, CONSENTED = "plain", "narrowed", "consented"
# Items that nobody at a school may see: no longer, not yet, or not by this consent.
NEVER = ("withdrawn", "over", "to come")
CLOSED_CONSENTS = ("withdrawn consent", "consent over", "consent to come", "to others", "to an area of others")
# slug -> (whose plain items are seen, at which of those also the narrowed ones, whether by Ravensgill's consent)
AT_SCHOOLS: dict[str, tuple[set[int], set[int], bool]] = {
    "head-beckside": (AIREHOLME, AIREHOLME, True),
    "deputy-beckside": (AIREHOLME, AIREHOLME, True),
    "teacher-beckside": (AIREHOLME, AIREHOLME - {BECKSIDE}, True),
    "governor-beckside": (AIREHOLME, AIREHOLME - {BECKSIDE}, True),
    "third-party-beckside": ({BECKSIDE}, set(), False),
    "third-party-two-sponsors": (set(), set(), False),
    "governor-ravensgill": (BECKDALE, BECKDALE - {RAVENSGILL}, False),
    "head-larkroyd": ({LARKROYD}, {LARKROYD}, False),
    "teacher-ended": (set(), set(), False),
    "teacher-not-accepted": (set(), set(), False),
    "officer-school-improvement": (set(), set(), False),
}
ON_EDUNET = {"officer-school-improvement": AIREHOLME, "officer-data": set(), "officer-no-duty": set()}


def plant_items(today: date) -> None:
    """Plant one of each sort at every establishment. `owner`, which is stored in clear, is its mark."""
    day = timedelta(days=1)
    with as_batch():
        head = person("head-beckside")
        beckside = Establishment.objects.get(urn=BECKSIDE).pk
        cragside = Locality.objects.get(name="Cragside").pk
        LocalityMembership.objects.create(  # long ago
            establishment=Establishment.objects.get(urn=999007), locality=Locality.objects.get(name="Aireholme"),
            starts_on=date(2020, 9, 1), ends_on=date(2021, 8, 31),
        )  # fmt: skip
        for place in Establishment.objects.all():
            usual = {"establishment": place, "kind": "bespoke", "academic_year": 2025, "title": "T"}
            usual |= {"starts_on": today - day, "ends_on": None, "added_by_name": "Test"}
            how: dict[str, dict] = {mark: {} for mark in (PLAIN, CONSENTED, *CLOSED_CONSENTS)}
            how |= {NARROWED: {"level_1_only": True}, "withdrawn": {"withdrawn_at": timezone.now()}}
            how |= {"over": {"ends_on": today - day}, "to come": {"starts_on": today + day}}
            for mark, facts in how.items():
                made = RestrictedItem.objects.create(**usual | facts, owner=mark)
                RestrictedFile.objects.create(
                    item=made, establishment=place, name="N", kind="csv", size=1, sha256="", content=b"x",
                    added_by_name=mark,
                )  # fmt: skip
                if place.urn in (BECKSIDE, RAVENSGILL, LARKROYD) and mark in (CONSENTED, *CLOSED_CONSENTS):
                    given: dict = {"recipients": "establishments", "to_establishments": [beckside]}
                    given |= {"starts_on": today - day, "ends_on": today + day}
                    given |= {
                        "withdrawn consent": {"withdrawn_at": timezone.now()},
                        "consent over": {"ends_on": today - day},
                        "consent to come": {"starts_on": today + day},
                        "to others": {"to_establishments": [place.pk]},
                        "to an area of others": {
                            "recipients": "locality", "to_establishments": [], "to_locality_id": cragside,
                        },
                    }.get(mark, {})  # fmt: skip
                    Consent.objects.create(
                        **given, item=made, establishment=place, given_by_id=head.pk, given_by_name=mark,
                        stands_for_id=head.pk,
                    )  # fmt: skip


def holes_in_items() -> set[str]:
    """What can wrongly be seen or written, asked as the application."""
    holes = Holes()
    attempt = holes.attempt
    for slug in AT_SCHOOLS:
        with transaction.atomic():
            Holdings.announced(asker(slug, SCHOOLS_ONLINE))
            _look_at_schools(slug, attempt)
            transaction.set_rollback(True)
    for slug, urns in ON_EDUNET.items():
        with transaction.atomic():
            Holdings.announced(asker(slug, EDUNET))
            elsewhere = RestrictedItem.objects.exclude(establishment__urn__in=urns)
            attempt("items without a duty", elsewhere.exists)
            attempt("files without a duty", RestrictedFile.objects.exclude(establishment__urn__in=urns).exists)
            attempt("consents without a duty", Consent.objects.exclude(establishment__urn__in=urns).exists)
            attempt("items added without a duty", lambda: _insert_item(LARKROYD))
            attempt("consent by an officer", lambda slug=slug: _insert_consent(BECKSIDE, slug))
            attempt(
                "narrowed by an officer",
                lambda: RestrictedItem.objects.filter(withdrawn_at=None).update(level_1_only=True),
            )
            transaction.set_rollback(True)
    return holes.found


def _look_at_schools(slug: str, attempt: Attempt) -> None:
    plain, narrowed, by_consent = AT_SCHOOLS[slug]
    marked = RestrictedItem.objects.exclude(owner__in=(NARROWED, CONSENTED, *CLOSED_CONSENTS))
    attempt("foreign items", marked.exclude(establishment__urn__in=plain).exists)
    of_others = RestrictedItem.objects.filter(owner__in=CLOSED_CONSENTS).exclude(establishment__urn__in=plain)
    attempt("items by a consent that does not hold", of_others.exists)
    consented = RestrictedItem.objects.filter(owner=CONSENTED).exclude(
        establishment__urn__in=plain | ({RAVENSGILL} if by_consent else set())
    )
    attempt("items without consent", consented.exists)
    closed = RestrictedItem.objects.filter(owner=NARROWED).exclude(establishment__urn__in=narrowed)
    attempt("narrowed items", closed.exists)
    attempt("items of another day", RestrictedItem.objects.filter(owner__in=NEVER).exists)
    unseen = RestrictedFile.objects.exclude(item__in=RestrictedItem.objects.all())
    attempt("files of items unseen", unseen.exists)
    mine = {BECKSIDE} if slug == "head-beckside" else {LARKROYD} if slug == "head-larkroyd" else set()
    to_me = ("consented",) if by_consent else ()
    others = Consent.objects.exclude(establishment__urn__in=mine).exclude(given_by_name__in=to_me)
    attempt("consents to others", others.exists)
    attempt("items added", lambda: _insert_item(BECKSIDE))
    attempt(
        "items withdrawn",
        lambda: RestrictedItem.objects.filter(withdrawn_at=None).update(
            withdrawn_by_name="x", withdrawn_at=timezone.now()
        ),
    )
    attempt("items deleted", lambda: rows("DELETE FROM sharing_restricteditem RETURNING 1"))
    attempt("items changed", lambda: RestrictedItem.objects.filter(withdrawn_at=None).update(owner="x"))
    attempt("files added", _insert_file)
    if not mine:
        attempt("items narrowed", lambda: RestrictedItem.objects.filter(withdrawn_at=None).update(level_1_only=True))
    for urn in {BECKSIDE, RAVENSGILL, OXENBY} - mine:
        attempt("consents given", lambda urn=urn: _insert_consent(urn, slug))
    attempt("consents for another", lambda: _insert_consent(BECKSIDE, "superuser"))
    attempt("consents made longer", lambda: Consent.objects.filter(withdrawn_at=None).update(ends_on=date(2099, 1, 1)))
    if not mine:
        attempt("readers counted", lambda: rows("SELECT * FROM portal_count_readers(ARRAY(SELECT 1::bigint * id "
                                                "FROM sharing_establishment))"))  # fmt: skip


def _insert_item(urn: int) -> object:
    return rows(
        "INSERT INTO sharing_restricteditem (id, establishment_id, kind, academic_year, owner, starts_on, "
        "level_1_only, added_by_name, added_at, withdrawn_by_name) SELECT gen_random_uuid(), id, 'bespoke', "
        "2025, 'x', CURRENT_DATE, false, 'x', now(), '' FROM sharing_establishment WHERE urn = %s",
        urn,
    ) is not None  # fmt: skip


def _insert_file() -> object:
    return rows(
        "INSERT INTO sharing_restrictedfile (id, item_id, establishment_id, kind, size, sha256, content, "
        "added_by_name, added_at) SELECT gen_random_uuid(), id, establishment_id, 'csv', 1, '', '', 'x', now() "
        "FROM sharing_restricteditem LIMIT 1 RETURNING 1"
    )


def _insert_consent(urn: int, slug: str) -> object:
    """A consent by the asker, in the name of `slug`, to the plain item of that establishment."""
    with as_batch():
        found = RestrictedItem.objects.filter(establishment__urn=urn, owner=PLAIN).values_list("pk", "establishment")[0]
    return rows(
        "INSERT INTO sharing_consent (id, item_id, establishment_id, recipients, to_establishments, starts_on, "
        "ends_on, given_by_id, given_by_name, given_at, stands_for_id, withdrawn_by_name) "
        "VALUES (gen_random_uuid(), %s, %s, "
        "'community', '{}', CURRENT_DATE, CURRENT_DATE, 1, 'x', now(), %s, '')",
        str(found[0]), found[1], person(slug).pk,
    ) is not None  # fmt: skip
