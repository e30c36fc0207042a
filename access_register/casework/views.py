"""Casework and legal overrides on EduNet: the pages of the information manager and of the authoriser (R9, R18).

What is typed about a child travels in a POST, and so is in no address and in no log.
"""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from access_register.casework import casework, orders
from access_register.casework.forms import CaseworkForm, NameChildForm, OrderForm
from access_register.officers import officers as duties
from sharing.pages.answers import form_page, refusals_on
from sharing.requests import PortalRequest, page_number


def give_casework(request: PortalRequest, appointment_id: int) -> HttpResponse:
    page = duties.show_officer(request.asker, appointment_id, to_change=True)
    form = CaseworkForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            duty_id = casework.give_casework(request.asker, appointment_id, duty=form.duty())
            messages.success(request, "The casework is on record. Now name the children. It opens nothing else.")
            return redirect("casework", appointment_id, duty_id)
    return form_page(request, "officers/give_casework.html", form, found=page)


def show(request: PortalRequest, appointment_id: int, duty_id: int) -> HttpResponse:
    """The children of a casework duty, and the form to name another."""
    form = NameChildForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            number = casework.name_child(request.asker, appointment_id, duty_id, **form.named())
            opens = "The officer sees the record while the casework is open."
            messages.success(request, f"The child is named: C-{number}. {opens}")
            return redirect("casework", appointment_id, duty_id)
    found = casework.show_casework(request.asker, appointment_id, duty_id)
    return form_page(request, "officers/casework.html", form, found=found)


@require_POST
def take_out(request: PortalRequest, appointment_id: int, duty_id: int, named_id: int) -> HttpResponse:
    casework.take_child_out(request.asker, appointment_id, duty_id, named_id)
    said = f"C-{named_id} is no longer a case. This casework no longer opens the record."
    messages.success(request, f"{said} If it was the wrong child, name the child again.")
    return redirect("casework", appointment_id, duty_id)


def all_orders(request: PortalRequest) -> HttpResponse:
    found = orders.list_orders(request.asker, number=page_number(request))
    return render(request, "orders/list.html", {"found": found})


def record_order(request: PortalRequest) -> HttpResponse:
    page = orders.list_orders(request.asker)
    form = OrderForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            orders.record_order(request.asker, order=form.order())
            messages.success(request, "It is on record, and opens nothing until its authoriser agrees on EduNet.")
            return redirect("orders")
    return form_page(request, "orders/record.html", form, found=page)


@require_POST
def end_order(request: PortalRequest, order_id: int) -> HttpResponse:
    orders.end_order(request.asker, order_id)
    said = f"Legal override {order_id} has ended. It no longer opens anything."
    messages.success(request, f"{said} If it was the wrong one, record it again. Its authoriser will be asked again.")
    return redirect("orders")


def to_authorise(request: PortalRequest) -> HttpResponse:
    found = orders.list_orders_to_authorise(request.asker, number=page_number(request))
    return render(request, "orders/to_authorise.html", {"found": found})


@require_POST
def authorise(request: PortalRequest, order_id: int) -> HttpResponse:
    orders.authorise_order(request.asker, order_id)
    said = f"You have authorised override {order_id}."
    messages.success(request, f"{said} If that was wrong, ask the information manager at once to end it.")
    return redirect("orders_to_authorise")
