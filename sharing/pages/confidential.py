"""The pages of confidential items. Each asks the door and shows what it returns (R26 to R28)."""

from collections.abc import Callable
from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from sharing.door import consents as consent_door
from sharing.door import restricted as door
from sharing.door.consents import MovedOn
from sharing.door.restricted import AlreadyWithdrawn
from sharing.ordering import ContextKey
from sharing.pages.answers import file_to_keep, form_page, refusals_on
from sharing.pages.confidential_forms import ConsentForm, FileForm, ItemForm
from sharing.pages.ordering import several_establishments
from sharing.records.restricted import ItemPage
from sharing.requests import PortalRequest, page_number

TOLD = "If there is a head there today, they are told by email."
NOT_TOLD = "Its last day has passed, so no establishment sees it and nobody is told."


@several_establishments(ContextKey.NAME)
def items(request: PortalRequest, urn: int) -> HttpResponse:
    found = door.list_restricted(request.asker, urn, number=page_number(request))
    return render(request, "confidential/list.html", {"found": found})


def item(request: PortalRequest, item_id: UUID) -> HttpResponse:
    return _page(request, door.show_restricted(request.asker, item_id))


def file(request: PortalRequest, item_id: UUID, file_id: UUID) -> HttpResponse:
    found = door.download_restricted(request.asker, item_id, file_id)
    return file_to_keep(found.name, found.content, found.content_type)


# --- officers -------------------------------------------------------------------------------------------------------


def add(request: PortalRequest, urn: int) -> HttpResponse:
    found = door.list_restricted(request.asker, urn)
    form = ItemForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        added = door.add_restricted(request.asker, urn, told=form.told(), file=form.cleaned_data["file"])
        last_day = form.cleaned_data["ends_on"]
        is_over = bool(last_day) and last_day < timezone.localdate()
        messages.success(request, f"The item is added. {NOT_TOLD if is_over else TOLD}")
        return redirect("confidential_item", added)
    return form_page(request, "confidential/add.html", form, found=found)


def add_file(request: PortalRequest, item_id: UUID) -> HttpResponse:
    form = FileForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        kept = form.cleaned_data["file"]
        said = "The file is added."
        return _step(request, item_id, lambda: door.add_restricted_file(request.asker, item_id, file=kept), said)
    return _page(request, door.show_restricted(request.asker, item_id), form if request.method == "POST" else None)


@require_POST
def withdraw(request: PortalRequest, item_id: UUID) -> HttpResponse:
    said = "The item is withdrawn. No establishment sees it any more."
    return _step(request, item_id, lambda: door.withdraw_restricted(request.asker, item_id), said)


# --- heads ----------------------------------------------------------------------------------------------------------


def consents(request: PortalRequest, item_id: UUID) -> HttpResponse:
    """Show who sees the item now, then who would; the same form sent once more gives the consent."""
    found = consent_door.show_consents(request.asker, item_id)
    form, looked = ConsentForm(request.POST or None, localities=found.localities), ""
    if form.is_valid():
        looked = form.looked()
        with refusals_on(form):
            if request.POST.get("looked") == looked:
                consent_door.give_consent(request.asker, item_id, wish=form.wish())
                messages.success(request, "Your consent is recorded. You can withdraw it here at any time.")
                return redirect("consents", item_id)
            found = consent_door.show_consents(request.asker, item_id, wish=form.wish())
    return form_page(request, "confidential/consents.html", form, found=found, looked="" if form.errors else looked)


@require_POST
def withdraw_consent(request: PortalRequest, item_id: UUID, consent_id: UUID) -> HttpResponse:
    do = partial(consent_door.withdraw_consent, request.asker, item_id, consent_id)
    return _step(request, item_id, do, "The consent is withdrawn. It no longer opens anything.", back="consents")


@require_POST
def confirm_consent(request: PortalRequest, item_id: UUID, consent_id: UUID) -> HttpResponse:
    do = partial(consent_door.confirm_consent, request.asker, item_id, consent_id)
    return _step(request, item_id, do, "The consent continues, and is now yours.", back="consents")


@require_POST
def narrow(request: PortalRequest, item_id: UUID) -> HttpResponse:
    level_1_only = request.POST.get("level") == "1"
    do = partial(consent_door.narrow_item, request.asker, item_id, level_1_only=level_1_only)
    who = "Level 1" if level_1_only else "everybody on your Access Register"
    return _step(request, item_id, do, f"At your establishment {who} sees it from now on.", back="consents")


# --- both -----------------------------------------------------------------------------------------------------------


def _step(
    request: PortalRequest, item_id: UUID, do: Callable[[], None], said: str, *, back: str = "confidential_item"
) -> HttpResponse:
    try:
        do()
    except (AlreadyWithdrawn, MovedOn):
        messages.error(request, "This has already been withdrawn, or is over. Nothing was changed.")
    else:
        messages.success(request, said)
    return redirect(back, item_id)


def _page(request: PortalRequest, found: ItemPage, form: FileForm | None = None) -> HttpResponse:
    context = {"found": found, "form": form, "file_form": form or FileForm()}
    return render(request, "confidential/item.html", context, status=422 if form else 200)
