"""Offers of support and requests for them, protected by row-level security alone (P8, R2, R16, R17)."""

from datetime import date, timedelta

from django.utils import timezone

from sharing.authorise import Through
from sharing.models import Establishment, SupportOffer, SupportRequest
from tests.locks.attempts import Attempt
from tests.locks.switches import rows
from tests.people import EDUNET, as_batch

BECKSIDE, RAVENSGILL, LARKROYD, OXENBY = 999002, 999003, 999004, 999005
AT_BECKSIDE = {"head-beckside", "teacher-beckside", "assistant-beckside", "governor-beckside"}
LEVEL_1 = {"head-beckside": BECKSIDE, "head-larkroyd": LARKROYD}
_AN_OFFER = """
    INSERT INTO sharing_supportoffer (establishment_id, challenge, what, for_whom, how, until, made_at, made_by_name)
    SELECT id, 'records', '', '', '', CURRENT_DATE, now(), '' FROM sharing_establishment WHERE urn = %s
"""
_A_REQUEST = """
    INSERT INTO sharing_supportrequest (offer_id, establishment_id, from_establishment_id, asked_at, asked_by_id,
        asked_by_name) SELECT offer.id, offer.establishment_id, place.id, now(), 0, ''
    FROM sharing_supportoffer AS offer, sharing_establishment AS place WHERE place.urn = %s AND offer.made_by_name =
    'stands' AND offer.establishment_id <> place.id LIMIT 1
"""


def plant_support(today: date) -> None:
    """Plant an open offer and two others at each of four establishments, and a request from each to each other."""
    with as_batch():
        places = list(Establishment.objects.filter(urn__in=[BECKSIDE, RAVENSGILL, LARKROYD, OXENBY]))
        for place in places:
            usual = {"establishment": place, "what": "W", "for_whom": "F", "how": "H", "until": today}
            stands = SupportOffer.objects.create(**usual, challenge="governance", made_by_name="stands")
            SupportOffer.objects.create(
                **usual, challenge="governance", made_by_name="withdrawn", withdrawn_at=timezone.now()
            )
            SupportOffer.objects.create(
                **usual | {"until": today - timedelta(days=1)}, challenge="recruitment", made_by_name="over"
            )
            for other in places:
                if other != place:
                    SupportRequest.objects.create(
                        offer=stands, establishment=place, from_establishment=other, words="Canary", asked_by_id=0
                    )


def holes_in_support(slug: str, through: Through, attempt: Attempt) -> None:
    """Attempt what the person must not be let through to."""
    own = LEVEL_1.get(slug, 0) if through != EDUNET else 0
    planted = SupportOffer.objects.filter(made_by_name__in=["stands", "withdrawn", "over"])
    of_others = planted.exclude(establishment__urn=own)
    attempt("offers that have ended", of_others.exclude(made_by_name="stands").exists)
    attempt("offers of the excluded", of_others.filter(establishment__urn=LARKROYD).exists)
    if through != EDUNET and slug not in AT_BECKSIDE:
        attempt("offers for strangers", of_others.exists)
    written = SupportRequest.objects.filter(asked_by_id=0, asked_by_name="")
    mine = written.filter(establishment__urn=own) | written.filter(from_establishment__urn=own)
    attempt("requests of others", lambda: set(written.values_list("pk")) - set(mine.values_list("pk")))
    excluded = written.filter(establishment__urn=LARKROYD) | written.filter(from_establishment__urn=LARKROYD)
    attempt("requests of the excluded", excluded.exists)
    answered = {"state": "accepted", "answered_at": timezone.now()}
    asked_by_us = written.filter(from_establishment__urn=own)
    attempt("one's own request accepted", lambda: asked_by_us.update(**answered))
    if slug not in LEVEL_1 or through == EDUNET:
        attempt("requests answered below Level 1", lambda: written.update(**answered))
        attempt("offers changed below Level 1", lambda: planted.update(what="Changed"))
    attempt("offers of another", lambda: rows(_AN_OFFER, RAVENSGILL) is not None)
    attempt("asked in another's name", lambda: rows(f"{_A_REQUEST} RETURNING 1", OXENBY))
