"""Mutual support: the offers of an establishment on both sites; making, asking and answering on Schools Online."""

from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from sharing import door
from sharing.door.support import CannotSupport
from sharing.pages.answers import form_page, is_done, refusals_on
from sharing.pages.support_forms import AnswerForm, AskForm, ChangeOfferForm, OfferForm
from sharing.requests import PortalRequest


def support(request: PortalRequest, urn: int) -> HttpResponse:
    return render(request, "support/page.html", {"found": door.show_support(request.asker, urn)})


def publish_offer(request: PortalRequest, urn: int) -> HttpResponse:
    found = door.show_offering(request.asker, urn)
    form = OfferForm(request.POST or None)
    said = "Your offer is published. Everybody who takes part can see it."
    if is_done(request, form, lambda **typed: door.publish_offer(request.asker, urn, wish=form.wish()), said):
        return redirect("support", urn)
    return form_page(request, "support/offer.html", form, found=found)


def change_offer(request: PortalRequest, urn: int, offer_id: int) -> HttpResponse:
    found = door.show_offering(request.asker, urn, offer_id)
    form = ChangeOfferForm(request.POST or None, initial=found.offer)
    if form.is_valid():
        with refusals_on(form):
            version = form.cleaned_data["version"]
            door.change_offer(request.asker, urn, offer_id, wish=form.wish(), version=version)
            messages.success(request, "Your offer is changed.")
            return redirect("support", urn)
    return form_page(request, "support/offer.html", form, found=found)


@require_POST
def withdraw_offer(request: PortalRequest, urn: int, offer_id: int) -> HttpResponse:
    door.withdraw_offer(request.asker, urn, offer_id)
    messages.success(request, "The offer is withdrawn. Those who have asked are still waiting for your answer.")
    return redirect("support", urn)


def ask_for_support(request: PortalRequest, urn: int, offer_id: int) -> HttpResponse:
    found = door.show_asking_for_support(request.asker, urn, offer_id)
    form = AskForm(request.POST or None)
    said = "Your request is sent. You will see the answer here and on your home page."
    if is_done(request, form, partial(door.ask_for_support, request.asker, urn, offer_id), said):
        return redirect("support", urn)
    return form_page(request, "support/ask.html", form, found=found)


def support_request(request: PortalRequest, urn: int, request_id: int) -> HttpResponse:
    """One request; for the establishment that offers, a form on the page answers it."""
    found = door.show_support_request(request.asker, urn, request_id)
    form = AnswerForm(request.POST or None)
    do = partial(door.answer_support_request, request.asker, urn, request_id)
    if is_done(request, form, do, "They can see your answer."):
        return redirect("support", urn)
    return form_page(request, "support/request.html", form, found=found)


@require_POST
def take_back_support_request(request: PortalRequest, urn: int, request_id: int) -> HttpResponse:
    try:
        door.take_back_support_request(request.asker, urn, request_id)
    except CannotSupport as refused:
        messages.warning(request, refused.message)
    else:
        messages.success(request, "Your request is taken back.")
    return redirect("support", urn)
