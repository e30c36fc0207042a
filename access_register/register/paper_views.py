"""The register on paper, and the register as it was on a past day."""

from django.http import HttpResponse
from django.shortcuts import render

from access_register.register import reading
from access_register.register.forms import DayForm
from access_register.register.stories import show_register_on
from sharing.pages.answers import form_page
from sharing.requests import PortalRequest


def print_view(request: PortalRequest, urn: int) -> HttpResponse:
    return render(request, "register/print.html", {"found": reading.print_register(request.asker, urn)})


def as_it_was(request: PortalRequest, urn: int) -> HttpResponse:
    form = DayForm(request.GET if "on" in request.GET else None)
    if form.is_bound and form.is_valid():
        found = show_register_on(request.asker, urn, day=form.cleaned_data["on"])
        return render(request, "register/then.html", {"found": found, "form": form})
    page = reading.show_register(request.asker, urn)
    return form_page(request, "register/then.html", form, found=page)
