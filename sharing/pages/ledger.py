"""Who has seen our data, and how the ledger that records it is sealed (R43)."""

from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render

from sharing import door
from sharing.ledger import seals
from sharing.ledger.words import KINDS, WHO
from sharing.records.ledger import LedgerPage
from sharing.requests import PortalRequest, ledger_filter, page_number, row_number, tell_of_unread_days

HEADS_SHOWN = 30


def of_an_establishment(request: PortalRequest, urn: int) -> HttpResponse:
    found = door.read_ledger(
        request.asker, urn, only=ledger_filter(request), older_than=row_number(request, "older_than")
    )
    return _page(request, "ledger/page.html", found)


def of_all(request: PortalRequest) -> HttpResponse:
    found = door.read_all_ledger(
        request.asker, only=ledger_filter(request), older_than=row_number(request, "older_than")
    )
    return _page(request, "ledger/all.html", found)


def of_a_child(request: PortalRequest, urn: int, pupil_id: UUID) -> HttpResponse:
    found = door.read_ledger_of_child(request.asker, urn, pupil_id, older_than=row_number(request, "older_than"))
    return render(request, "ledger/child.html", {"found": found})


def of_a_member(request: PortalRequest, urn: int, member_id: UUID) -> HttpResponse:
    found = door.read_ledger_of_member(request.asker, urn, member_id, older_than=row_number(request, "older_than"))
    return render(request, "ledger/member.html", {"found": found})


def of_whom(request: PortalRequest, urn: int) -> HttpResponse:
    """Whose records are in the rows that the address chooses, as on the ledger's page; or in one row, or one file."""
    tell_of_unread_days(request, "first", "last")
    found = door.list_people_in_ledger(
        request.asker, urn, only=ledger_filter(request), row=row_number(request, "row"),
        download=row_number(request, "download"), number=page_number(request),
    )  # fmt: skip
    query = request.GET.copy()
    query.pop("page", None)
    return render(request, "ledger/people.html", {"found": found, "query": query.urlencode()})


@login_not_required
def seal(request: PortalRequest) -> HttpResponse:
    """The keys and the newest heads, for anyone. They name no establishment and no person."""
    signed = seals.heads()
    context = {"keys": seals.public_keys().values(), "heads": signed[: -HEADS_SHOWN - 1 : -1], "all": len(signed)}
    return render(request, "ledger/seal.html", context)


@login_not_required
def heads(request: PortalRequest) -> JsonResponse:
    """All heads, to be stored elsewhere and given to `verify_ledger --heads`."""
    keys = [{"id": key.id, "ed25519": key.text} for key in seals.public_keys().values()]
    response = JsonResponse({"keys": keys, "heads": [head.as_facts() for head in seals.heads()]})
    response["Content-Disposition"] = 'attachment; filename="ledger-heads.json"'
    return response


def _page(request: PortalRequest, template: str, found: LedgerPage) -> HttpResponse:
    """A page of the ledger. `rest`: the filters in use, without the person and the row."""
    tell_of_unread_days(request, "first", "last")
    rest, filters = request.GET.copy(), request.GET.copy()
    for query, names in ((rest, ("person", "older_than")), (filters, ("older_than",))):
        for name in names:
            query.pop(name, None)
    context = {
        "found": found,
        "kinds": [(kind.value, words) for kind, words in KINDS.items()],
        "readers": [(who.value, words) for who, words in WHO.items()],
        "rest": rest.urlencode(),
        "filters": filters.urlencode(),
    }
    return render(request, template, context)
