"""A world with a row for every number in an address, at two schools that have nothing to do with each other.

It is planted by the functions that prove the second lock (tests/locks), and by hand where those need no rows.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.apps import apps  # noqa: TID251 -- every table there is
from django.db import Error, connection, models, transaction
from django.db.models import Value
from django.db.models.functions import Cast, Concat, Right
from django.utils import timezone

from access_register.models import (
    Breach,
    Contract,
    Duty,
    Handover,
    LineEvent,
    OfficerAppointment,
    Order,
    RegisterLine,
    RemoteAuthorisation,
)
from sharing.fields import EncryptedTextField
from sharing.models import (
    AdvicePage,
    Challenge,
    Closing,
    Consent,
    Disposal,
    Download,
    Establishment,
    Import,
    LegalHold,
    Locality,
    LocalityMove,
    MisuseReport,
    NamedChild,
    Opening,
    OwnGroup,
    Pupil,
    Release,
    RestrictedFile,
    SavedView,
    StaffMember,
    StatisticsRequest,
    SubjectRequest,
    SupportOffer,
    SupportRequest,
    Transfer,
    UnusualPattern,
    VisitNote,
)
from tests.locks import canaries
from tests.locks.advice_rows import plant_advice
from tests.locks.breaches import plant_breaches
from tests.locks.items import plant_items
from tests.locks.notes import plant_notes
from tests.locks.patterns import plant_patterns
from tests.locks.retention_rows import plant_disposals
from tests.locks.support import plant_support
from tests.people import person

BECKSIDE, RAVENSGILL = 999002, 999003
# What a request writes about itself, or only counts.
ABOUT_ITSELF = {
    "sharing_ledgerentry", "django_session", "portal_cache", "axes_accessattempt", "axes_accesslog",
    "axes_accessfailurelog", "access_register_personsession",
}  # fmt: skip
LONGEST_MARK = 20  # characters, including the number after it
MOST_OF_CHILDREN = 20  # rows of a table whose values are encrypted one by one
# Columns of text that contain no words: codes, digests, keys, and what is stored as JSON.
CODES = {
    "action", "area", "asked", "category", "code", "component", "content", "dfe_number", "fact", "facts_index",
    "figures", "file_hash", "fingerprint", "group", "indicator", "key", "key_id", "kind", "measure", "name_index",
    "number", "page", "permission", "person_index", "query", "result", "said", "session_key", "sha256", "slug",
    "source", "subject", "symbol", "through", "token_hash", "upn_index", "former_upn_index", "LineEvent.what",
}  # fmt: skip


@contextmanager
def as_nobody_in_particular() -> Iterator[None]:
    """Act as the database's creator, past both locks and without triggers: for planting and for checking."""
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE NONE; SET session_replication_role = replica; SET statement_timeout = 0")
        try:
            yield
        finally:
            cursor.execute("RESET session_replication_role; SET ROLE portal_app; SET statement_timeout = 2000")


def plant() -> None:
    """Plant rows of every kind that an address can name."""
    today = timezone.localdate()
    canaries.plant(today)
    plant_items(today)
    plant_support(today)
    plant_advice()
    plant_patterns()
    plant_breaches(today)
    plant_notes()
    plant_disposals(today)
    now = timezone.now()
    by = {"recorded_by_name": "Test", "recorded_by_id": 0}
    with as_nobody_in_particular():
        appointment = OfficerAppointment.objects.earliest("pk")
        RemoteAuthorisation.objects.create(
            appointment=appointment, reason="R", starts_on=today, ends_on=today, recorded_by_name="Test"
        )
        StatisticsRequest.objects.create(academic_year=2025, asked_by="Test", asked_by_id=0, state="failed")
        for urn in (BECKSIDE, RAVENSGILL):
            here = Establishment.objects.get(urn=urn)
            child = Pupil.objects.filter(establishment=here, visible__covers=today).latest("surname")
            Opening.objects.create(
                pupil=child, establishment=here, person_id=0, person_name="Test", because="child", reason="R",
                starts_at=now, ends_at=now + timedelta(hours=1),
            )  # fmt: skip
            Closing.objects.create(
                child=child.child, authoriser="Test", basis="court", reason="R", starts_at=now - timedelta(days=9),
                ends_at=now - timedelta(days=8), asked_by_id=0, asked_by_name="Test",
            )  # fmt: skip
            NamedChild.objects.create(
                child=child.child, person_id=0, person_name="Test", through="edunet", source="duty:0", reason="R",
                starts_on=today, ends_on=today, named_by_name="Test",
            )  # fmt: skip
            Order.objects.create(
                basis="court", data="view_pupils", establishment=here, person_id=1, person_name="Test", authoriser_id=2,
                authoriser_name="Test", reason="R", starts_on=today, ends_on=today, through="edunet", **by,
            )  # fmt: skip
            LocalityMove.objects.create(
                establishment=here, to_locality=Locality.objects.earliest("pk"), on=today + timedelta(days=9),
                reason="R", **by,
            )  # fmt: skip
            if not Handover.objects.filter(establishment=here).exists():
                line = RegisterLine.objects.filter(establishment=here).earliest("pk")
                Handover.objects.create(
                    establishment=here, outgoing=line, successor=person("deputy-beckside"), named_by_name="Test",
                    on=today + timedelta(days=9),
                )  # fmt: skip


def numbers_of(urn: int) -> dict[str, object]:
    """Parameter of an address -> the number of a row at this school, or of one that belongs to no school."""
    here: dict[str, tuple[Any, str]] = {
        "pupil_id": (Pupil, "establishment"),
        "member_id": (StaffMember, "establishment"),
        "import_id": (Import, "establishment"),
        "transfer_id": (Transfer, "establishment"),
        "offer_id": (SupportOffer, "establishment"),
        "requests/request_id": (SupportRequest, "establishment"),
        "subject-access/request_id": (SubjectRequest, "establishment"),
        "opening_id": (Opening, "establishment"),
        "pattern_id": (UnusualPattern, "establishment"),
        "challenge_id": (Challenge, "establishment"),
        "group_id": (OwnGroup, "establishment"),
        "download_id": (Download, "establishment"),
        "line_id": (RegisterLine, "establishment"),
        "event_id": (LineEvent, "establishment"),
        "handover_id": (Handover, "establishment"),
        "contract_id": (Contract, "establishment"),
        "order_id": (Order, "establishment"),
        "move_id": (LocalityMove, "establishment"),
        "note_id": (VisitNote, "establishment"),
        "consent_id": (Consent, "establishment"),
        "file_id": (RestrictedFile, "establishment"),
    }
    everywhere: dict[str, Any] = {
        "closing_id": Closing,
        "report_id": MisuseReport,
        "release_id": Release,
        "breach_id": Breach,
        "locality_id": Locality,
        "view_id": SavedView,
        "disposal_id": Disposal,
        "hold_id": LegalHold,
        "appointment_id": OfficerAppointment,
        "duty_id": Duty,
        "authorisation_id": RemoteAuthorisation,
        "named_id": NamedChild,
        "number": StatisticsRequest,
        "page_id": AdvicePage,
    }
    with as_nobody_in_particular():
        found: dict[str, object] = {}
        for name, (model, whose) in here.items():
            rows = model.objects.filter(**{f"{whose}__urn": urn})
            if model is Transfer:  # one in which the other school has no part
                rows = rows.exclude(from_establishment__urn__in={BECKSIDE, RAVENSGILL} - {urn})
            order = "-sha256" if model is RestrictedFile else "-pk"  # a planted file cannot be decrypted
            found[name] = (rows.order_by(order)[:1] or model.objects.all()[:1])[0].pk
        found |= {name: model.objects.order_by("pk")[0].pk for name, model in everywhere.items()}
        children = Pupil.objects.filter(establishment__urn=urn).values("child")
        found["closing_id"] = Closing.objects.filter(child__in=children)[0].pk
        found["item_id"] = RestrictedFile.objects.get(pk=found["file_id"]).item_id
        found |= {"type_code": 28, "pk": 1, "versions/number": 1}
    return found


def state() -> dict[str, str]:
    """Table -> a digest of all its rows, except those that a request writes about itself."""
    with as_nobody_in_particular(), connection.cursor() as cursor:
        names = [name for name in connection.introspection.table_names(cursor) if name not in ABOUT_ITSELF]
        names = [name for name in names if not name.startswith("sharing_ledgerentry")]
        digests = {}
        for name in names:
            cursor.execute(f"SELECT md5(string_agg(md5(row::text), '' ORDER BY md5(row::text))) FROM \"{name}\" AS row")
            digests[name] = cursor.fetchone()[0] or ""
    return digests


def changed(before: dict[str, str]) -> set[str]:
    after = state()
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


def poison(mark: str) -> set[str]:
    """Write the mark into every column of words, and return "table.column" for those that took it.

    A column of words is one that is no code, and long enough. Where its values must be unique, a number follows the
    mark.
    """
    took = set()
    with as_nobody_in_particular():
        for model in apps.get_models():
            if model._meta.app_label in ("sharing", "access_register") and not model._meta.db_table.endswith("person"):
                took |= {
                    f"{model._meta.db_table}.{field.column}" for field in _words(model) if _took(model, field, mark)
                }
    return took


def _words(model: type[models.Model]) -> list[Any]:
    def is_words(field: Any) -> bool:
        if {field.name, f"{model.__name__}.{field.name}"} & CODES:
            return False
        if isinstance(field, EncryptedTextField):
            return True
        text = field.get_internal_type() in ("CharField", "TextField") and not field.choices
        return text and (field.max_length or 999) >= LONGEST_MARK

    return [field for field in model._meta.concrete_fields if is_words(field)]


def _took(model: type[models.Model], field: Any, mark: str) -> bool:
    try:
        with transaction.atomic():
            if getattr(field, "childs", False):
                for row in model._default_manager.order_by("pk")[:MOST_OF_CHILDREN]:
                    setattr(row, field.name, mark)
                    row.save(update_fields=[field.name])
                return True
            differ = field.unique or any(field.name in names for names in _together(model))
            text = Concat(Value(mark), Right(Cast("pk", models.TextField()), 9)) if differ else Value(mark)
            value = mark if isinstance(field, EncryptedTextField) else text
            return model._default_manager.update(**{field.name: value}) > 0
    except Error:
        return False


def _together(model: type[models.Model]) -> list[tuple[str, ...]]:
    return [getattr(rule, "fields", ()) for rule in model._meta.constraints]
