"""Localities in an officer's browser, and moving an establishment to another one (A11)."""

from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from edunet.forms import MoveForm
from sharing import door
from sharing.door.establishments import ORDERS_OF_FIGURES
from sharing.pages.answers import form_page, is_done, refusals_said
from sharing.pages.ordering import several_establishments
from sharing.requests import PortalRequest


def localities(request: PortalRequest) -> HttpResponse:
    return render(request, "localities/list.html", {"found": door.list_localities(request.asker)})


@several_establishments(*ORDERS_OF_FIGURES)
def locality(request: PortalRequest, locality_id: int) -> HttpResponse:
    found = door.show_locality(request.asker, locality_id, order=request.order)
    orders = [(key.value, key.label) for key in ORDERS_OF_FIGURES]
    return render(request, "localities/page.html", {"found": found, "orders": orders})


def moving(request: PortalRequest, urn: int) -> HttpResponse:
    """Where an establishment belongs, and the form with which an information manager moves it."""
    found = door.show_moving(request.asker, urn)
    form = MoveForm(request.POST or None, localities=found.localities)
    said = "The move is recorded. It takes effect on its day, everywhere."
    if is_done(request, form, partial(door.move_establishment, request.asker, urn), said):
        return redirect("moving", urn)
    return form_page(request, "localities/moving.html", form, found=found)


@require_POST
def take_back(request: PortalRequest, urn: int, move_id: int) -> HttpResponse:
    with refusals_said(request):
        door.take_back_move(request.asker, urn, move_id)
        messages.success(request, "The move is taken back. The establishment stays where it is.")
    return redirect("moving", urn)
