"""Mutual support: the offers of an establishment on both sites; making, asking and answering on Schools Online."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from sharing import door
from sharing.door.support import CannotSupport
from sharing.pages.support_forms import AnswerForm, AskForm, OfferForm
from sharing.requests import PortalRequest


def support(request: PortalRequest, urn: int) -> HttpResponse:
    return render(request, "support/page.html", {"found": door.show_support(request.asker, urn)})


def publish_offer(request: PortalRequest, urn: int) -> HttpResponse:
    found = door.show_offering(request.asker, urn)
    form = OfferForm(request.POST or None)
    if _done(form, lambda: door.publish_offer(request.asker, urn, wish=form.wish())):
        messages.success(request, "Your offer is published. All that take part can see it.")
        return redirect("support", urn)
    return _form(request, "support/offer.html", found, form)


def change_offer(request: PortalRequest, urn: int, offer_id: int) -> HttpResponse:
    found = door.show_offering(request.asker, urn, offer_id)
    form = OfferForm(request.POST or None, initial=found.offer)
    if _done(form, lambda: door.change_offer(request.asker, urn, offer_id, wish=form.wish())):
        messages.success(request, "Your offer is changed.")
        return redirect("support", urn)
    return _form(request, "support/offer.html", found, form)


@require_POST
def withdraw_offer(request: PortalRequest, urn: int, offer_id: int) -> HttpResponse:
    door.withdraw_offer(request.asker, urn, offer_id)
    messages.success(request, "The offer is withdrawn. Those who have asked still wait for your answer.")
    return redirect("support", urn)


def ask_for_support(request: PortalRequest, urn: int, offer_id: int) -> HttpResponse:
    found = door.show_asking_for_support(request.asker, urn, offer_id)
    form = AskForm(request.POST or None)
    if _done(form, lambda: door.ask_for_support(request.asker, urn, offer_id, **form.cleaned_data)):
        messages.success(request, "Your request is sent. You see the answer here and on your home page.")
        return redirect("support", urn)
    return _form(request, "support/ask.html", found, form)


def support_request(request: PortalRequest, urn: int, request_id: int) -> HttpResponse:
    """The page of a request; sent by the establishment that offers, the form on it answers."""
    found = door.show_support_request(request.asker, urn, request_id)
    form = AnswerForm(request.POST or None)
    if _done(form, lambda: door.answer_support_request(request.asker, urn, request_id, **form.cleaned_data)):
        messages.success(request, "They see your answer.")
        return redirect("support", urn)
    return _form(request, "support/request.html", found, form)


@require_POST
def take_back_support_request(request: PortalRequest, urn: int, request_id: int) -> HttpResponse:
    try:
        door.take_back_support_request(request.asker, urn, request_id)
    except CannotSupport as refused:
        messages.warning(request, refused.message)
    else:
        messages.success(request, "Your request is taken back.")
    return redirect("support", urn)


def _form(request: PortalRequest, template: str, found: object, form: forms.Form) -> HttpResponse:
    return render(request, template, {"found": found, "form": form}, status=422 if form.errors else 200)


def _done(form: forms.Form, act: Callable[[], object]) -> bool:
    """Whether the form was sent and what it asks is done; why not, the form says then."""
    if not form.is_bound or not form.is_valid():
        return False
    try:
        act()
    except CannotSupport as refused:
        form.add_error(refused.field, refused.message)
        return False
    return True
