"""The Council's advice on EduNet: the desk, the form with its preview, a page with its steps and history (R37)."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from sharing import door
from sharing.advice.markdown import page_of
from sharing.door.advice import CannotAdvise
from sharing.pages.advice_forms import (
    AdviceForm,
    AgreeForm,
    AskToDestroyForm,
    DestroyForm,
    HandBackForm,
    StepForm,
    TakeDownForm,
)
from sharing.pages.answers import form_page, is_done, refusals_on, refusals_said
from sharing.records.advice import AdviceFile, AdvicePast, AdviceWriting
from sharing.requests import PortalRequest

SAVED = "The draft is saved. Only officers can read it until a second officer has agreed."
MOVED_ON = "Nothing was changed. Look at the page again."


def desk(request: PortalRequest) -> HttpResponse:
    return render(request, "advice/desk.html", {"found": door.list_advice(request.asker)})


def page(request: PortalRequest, page_id: int) -> HttpResponse:
    return _page(request, door.show_advice(request.asker, page_id))


def version(request: PortalRequest, page_id: int, number: int) -> HttpResponse:
    return _version(request, door.show_advice_version(request.asker, page_id, number))


def write(request: PortalRequest) -> HttpResponse:
    found = door.show_writing_advice(request.asker)
    form = AdviceForm(request.POST or None, initial={"review_on": found.review_on})
    if _is_preview(request):
        return _previewed(request, form, found)
    if form.is_valid():
        with refusals_on(form):
            key, seen = form.cleaned_data["form_key"], form.cleaned_data["version"]
            begun = door.write_advice(request.asker, form_key=key, wish=form.wish(), edits=seen)
            messages.success(request, SAVED)
            return redirect("advice_page", begun)
    return form_page(request, "advice/form.html", form, found=found)


def change(request: PortalRequest, page_id: int) -> HttpResponse:
    try:
        found = door.show_writing_advice(request.asker, page_id)
    except CannotAdvise as refused:
        messages.warning(request, refused.message)
        return redirect("advice_page", page_id)
    form = AdviceForm(request.POST or None, initial=vars(found) | {"version": found.edits})
    if _is_preview(request):
        return _previewed(request, form, found)
    if form.is_valid():
        with refusals_on(form):
            door.change_advice(request.asker, page_id, edits=form.cleaned_data["version"], wish=form.wish())
            messages.success(request, SAVED)
            return redirect("advice_page", page_id)
    return form_page(request, "advice/form.html", form, found=found)


@require_POST
def ask(request: PortalRequest, page_id: int) -> HttpResponse:
    return _stepped(
        request,
        lambda seen: door.ask_for_agreement(request.asker, page_id, edits=seen),
        "The page is now waiting for a second officer.",
        redirect("advice_page", page_id),
    )


@require_POST
def discard(request: PortalRequest, page_id: int) -> HttpResponse:
    return _stepped(
        request,
        lambda seen: door.discard_advice(request.asker, page_id, edits=seen),
        "The draft is discarded.",
        redirect("advice_page", page_id),
    )


@require_POST
def agree(request: PortalRequest, page_id: int) -> HttpResponse:
    form, do = AgreeForm(request.POST), partial(door.agree_advice, request.asker, page_id)
    if _is_done(request, form, do, "The page is published. Anybody can now read it, on both sites."):
        return redirect("advice_page", page_id)
    return _page(request, door.show_advice(request.asker, page_id), form)


@require_POST
def hand_back(request: PortalRequest, page_id: int) -> HttpResponse:
    form, do = HandBackForm(request.POST), partial(door.hand_back_advice, request.asker, page_id)
    if _is_done(request, form, do, "The page is a draft again. The history shows your reason."):
        return redirect("advice_page", page_id)
    return _page(request, door.show_advice(request.asker, page_id), form)


@require_POST
def take_down(request: PortalRequest, page_id: int) -> HttpResponse:
    form, do = TakeDownForm(request.POST), partial(door.take_down_advice, request.asker, page_id)
    if _is_done(request, form, do, "Readers no longer see the page. Putting it up again takes two officers."):
        return redirect("advice_page", page_id)
    return _page(request, door.show_advice(request.asker, page_id), form)


@require_POST
def ask_to_destroy(request: PortalRequest, page_id: int, number: int) -> HttpResponse:
    form, do = AskToDestroyForm(request.POST), partial(door.ask_to_destroy_advice, request.asker, page_id, number)
    if _is_done(request, form, do, "Another officer now has to decide. Until then, the words stay."):
        return redirect("advice_version", page_id, number)
    return _version(request, door.show_advice_version(request.asker, page_id, number), form)


@require_POST
def destroy(request: PortalRequest, page_id: int, number: int) -> HttpResponse:
    form, do = DestroyForm(request.POST), partial(door.destroy_advice, request.asker, page_id, number)
    if _is_done(request, form, do, "The words are destroyed. The history says who asked for it, and who did it."):
        return redirect("advice_version", page_id, number)
    return _version(request, door.show_advice_version(request.asker, page_id, number), form)


@require_POST
def keep(request: PortalRequest, page_id: int, number: int) -> HttpResponse:
    return _stepped(
        request,
        lambda seen: door.keep_advice(request.asker, page_id, number, edits=seen),
        "The words are kept. The history says so.",
        redirect("advice_version", page_id, number),
    )


def _is_preview(request: PortalRequest) -> bool:
    return request.method == "POST" and request.POST.get("step") == "preview"


def _previewed(request: PortalRequest, form: AdviceForm, found: AdviceWriting) -> HttpResponse:
    """The page as it would look, above the form with what was typed. Nothing is saved."""
    if form.is_valid():
        with refusals_on(form):
            door.look_over_advice(request.asker, wish=form.wish())
    preview = {name: form.data.get(name, "") for name in ("title", "summary", "owner")}
    body = page_of(form.data.get("text", "")[:20_000], top=3)
    return form_page(request, "advice/form.html", form, found=found, preview=preview | {"body": body})


def _stepped(request: PortalRequest, do: Callable[[int], None], said: str, back: HttpResponse) -> HttpResponse:
    """Take a step with nothing to type. If something prevents it, the page that it leads back to says so."""
    form = StepForm(request.POST)
    if not form.is_valid():
        messages.error(request, MOVED_ON)
        return back
    with refusals_said(request):
        do(form.cleaned_data["version"])
        messages.success(request, said)
    return back


def _is_done(request: PortalRequest, form: StepForm, do: Callable[..., None], said: str) -> bool:
    """As `is_done`, for a step on the version that the page showed. A box that has to be ticked is not passed on."""

    def step(version: int, **typed: Any) -> None:
        do(edits=version, **{name: value for name, value in typed.items() if value is not True})

    return is_done(request, form, step, said)


def _page(request: PortalRequest, found: AdviceFile, sent: StepForm | None = None) -> HttpResponse:
    """A page of advice, with the form that was `sent` among its forms."""
    seen = found.waiting.edits if found.waiting else 0
    shown = {
        "agree_form": _form(AgreeForm, sent, seen),
        "hand_back_form": _form(HandBackForm, sent, seen),
        "take_down_form": _form(TakeDownForm, sent, found.out.edits if found.out else 0),
    }
    return form_page(request, "advice/page.html", sent or StepForm(), found=found, **shown)


def _version(request: PortalRequest, found: AdvicePast, sent: StepForm | None = None) -> HttpResponse:
    seen = found.version.edits
    shown = {
        "ask_form": _form(AskToDestroyForm, sent, seen),
        "destroy_form": _form(DestroyForm, sent, seen),
    }
    return form_page(request, "advice/version.html", sent or StepForm(), found=found, **shown)


def _form(kind: type[StepForm], sent: StepForm | None, edits: int) -> StepForm:
    return sent if isinstance(sent, kind) else kind(initial={"version": edits})
