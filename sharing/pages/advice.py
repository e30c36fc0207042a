"""The Council's advice on EduNet: the desk, the form with its preview, a page with its steps and history (R37)."""

from collections.abc import Callable

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

    def do() -> None:
        seen = form.cleaned_data["version"]
        door.change_advice(request.asker, page_id, edits=seen, wish=form.wish())

    if is_done(request, form, do, SAVED):
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
    form = AgreeForm(request.POST)

    def do() -> None:
        door.agree_advice(request.asker, page_id, edits=form.cleaned_data["version"])

    if is_done(request, form, do, "The page is published. Anybody can now read it, on both sites."):
        return redirect("advice_page", page_id)
    return _page(request, door.show_advice(request.asker, page_id), agree_form=form)


@require_POST
def hand_back(request: PortalRequest, page_id: int) -> HttpResponse:
    form = HandBackForm(request.POST)

    def do() -> None:
        given = form.cleaned_data
        door.hand_back_advice(request.asker, page_id, edits=given["version"], because=given["because"])

    if is_done(request, form, do, "The page is a draft again. The history shows your reason."):
        return redirect("advice_page", page_id)
    return _page(request, door.show_advice(request.asker, page_id), hand_back_form=form)


@require_POST
def take_down(request: PortalRequest, page_id: int) -> HttpResponse:
    form = TakeDownForm(request.POST)

    def do() -> None:
        given = form.cleaned_data
        door.take_down_advice(request.asker, page_id, edits=given["version"], because=given["because"])

    if is_done(request, form, do, "Readers no longer see the page. Putting it up again takes two officers."):
        return redirect("advice_page", page_id)
    return _page(request, door.show_advice(request.asker, page_id), take_down_form=form)


@require_POST
def ask_to_destroy(request: PortalRequest, page_id: int, number: int) -> HttpResponse:
    form = AskToDestroyForm(request.POST)

    def do() -> None:
        given = form.cleaned_data
        door.ask_to_destroy_advice(request.asker, page_id, number, edits=given["version"], reason=given["reason"])

    if is_done(request, form, do, "Another officer now has to decide. Until then, the words stay."):
        return redirect("advice_version", page_id, number)
    return _version(request, door.show_advice_version(request.asker, page_id, number), ask_form=form)


@require_POST
def destroy(request: PortalRequest, page_id: int, number: int) -> HttpResponse:
    form = DestroyForm(request.POST)

    def do() -> None:
        door.destroy_advice(request.asker, page_id, number, edits=form.cleaned_data["version"])

    if is_done(request, form, do, "The words are destroyed. The history says who asked for it, and who did it."):
        return redirect("advice_version", page_id, number)
    return _version(request, door.show_advice_version(request.asker, page_id, number), destroy_form=form)


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


def _page(
    request: PortalRequest,
    found: AdviceFile,
    *,
    agree_form: AgreeForm | None = None,
    hand_back_form: HandBackForm | None = None,
    take_down_form: TakeDownForm | None = None,
) -> HttpResponse:
    seen = {"version": found.waiting.edits if found.waiting else 0}
    out = {"version": found.out.edits if found.out else 0}
    shown = {
        "agree_form": agree_form or AgreeForm(initial=seen),
        "hand_back_form": hand_back_form or HandBackForm(initial=seen),
        "take_down_form": take_down_form or TakeDownForm(initial=out),
    }
    sent = agree_form or hand_back_form or take_down_form or StepForm()
    return form_page(request, "advice/page.html", sent, found=found, **shown)


def _version(
    request: PortalRequest,
    found: AdvicePast,
    *,
    ask_form: AskToDestroyForm | None = None,
    destroy_form: DestroyForm | None = None,
) -> HttpResponse:
    seen = {"version": found.version.edits}
    shown = {
        "ask_form": ask_form or AskToDestroyForm(initial=seen),
        "destroy_form": destroy_form or DestroyForm(initial=seen),
    }
    sent = ask_form or destroy_form or StepForm()
    return form_page(request, "advice/version.html", sent, found=found, **shown)
