"""The protocol in the browser, on both sites: reading it, accepting it, and who has accepted it."""

from datetime import timedelta

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from access_register.protocol import protocol as door
from access_register.protocol.gate import FORM_THAT_WAITS, accepted_until, protocol_not_required
from sharing.days import day_in_words
from sharing.ordering import ContextKey
from sharing.pages.answers import form_page
from sharing.pages.ordering import several_establishments
from sharing.requests import PortalRequest

# How long before an acceptance runs out one may accept again.
EARLY = timedelta(days=30)


class AcceptForm(forms.Form):
    """Accepting the text that is shown. `version` is that text: if a newer one is in force, it has to be read first."""

    version = forms.IntegerField(max_value=2**31, widget=forms.HiddenInput)
    accept = forms.BooleanField(
        label="I have read this and I will keep to the protocol.",
        error_messages={"required": "Tick the box to accept the protocol. Without it we cannot show you any data."},
    )


@login_not_required
def protocol(request: PortalRequest) -> HttpResponse:
    """The full text, open to anyone (R37)."""
    return render(request, "protocol/text.html", {"text": door.text_in_force()})


@protocol_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def accept_protocol(request: PortalRequest) -> HttpResponse:
    text, holds_until = door.text_in_force(), accepted_until(request)
    form = AcceptForm(request.POST or None, initial={"version": text.id if text else None})
    if form.is_valid():
        try:
            until = door.accept_protocol(request.asker, version_id=form.cleaned_data["version"])
        except door.NotTheTextInForce:
            messages.error(request, "The protocol has changed in the meantime. Read the new text and accept it.")
            return redirect(request.get_full_path())
        messages.success(
            request, f"You have accepted the protocol. Your acceptance is valid until {day_in_words(until)}."
        )
        return go_on(request)
    due = holds_until is None or holds_until < timezone.localdate() + EARLY
    return form_page(request, "protocol/accept.html", form, text=text, until=holds_until, due=due)


def signatories(request: PortalRequest, urn: int) -> HttpResponse:
    return render(request, "protocol/signatories.html", {"found": door.show_signatories(request.asker, urn)})


@several_establishments(ContextKey.NAME)
def all_signatories(request: PortalRequest) -> HttpResponse:
    return render(request, "protocol/all_signatories.html", {"found": door.list_signatories(request.asker)})


def go_on(request: PortalRequest) -> HttpResponse:
    """Go on to where the person was going before they had to do something else first. A form sent then was not saved;
    here it can be sent again."""
    waits = request.session.pop(FORM_THAT_WAITS, None)
    if not waits:
        return redirect(way_back(request))
    typed = [(name, one) for name, values in QueryDict(waits["typed"]).lists() for one in values]
    fields = [(name, one) for name, one in typed if name != "csrfmiddlewaretoken"]
    context = {"to": waits["to"], "fields": fields, "back": resolve_url(way_back(request))}
    return render(request, "protocol/send_again.html", context)


def way_back(request: PortalRequest) -> str:
    """The page the person was going to, if it is on this site; otherwise the home page."""
    wanted = request.GET.get("next", "")
    on_this_site = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if on_this_site else "home"
