"""Third parties in the browser."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from access_register.headships.forms import SureForm
from access_register.levels import Level
from access_register.register.views import with_narrowing
from access_register.sign_in.invitation_views import tell_about_the_letter
from access_register.third_parties import third_parties as door
from access_register.third_parties.forms import ContractDaysForm, ContractForm, DayForm, ThirdPartyForm
from access_register.third_parties.records import ContractPage
from sharing.pages.answers import file_to_keep, form_page, is_done, refusals_on
from sharing.requests import PortalRequest


def third_parties(request: PortalRequest, urn: int) -> HttpResponse:
    return render(request, "third_parties/list.html", {"found": door.show_third_parties(request.asker, urn)})


def contract(request: PortalRequest, urn: int, contract_id: int) -> HttpResponse:
    return render(
        request, "third_parties/contract.html", {"found": door.show_contract(request.asker, urn, contract_id)}
    )


def document(request: PortalRequest, urn: int, contract_id: int) -> HttpResponse:
    found = door.fetch_document(request.asker, urn, contract_id)
    return file_to_keep(found.name, found.content, found.content_type)


def add_contract(request: PortalRequest, urn: int) -> HttpResponse:
    page = door.show_third_parties(request.asker, urn, to_record=True)
    form = ContractForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        with refusals_on(form):
            number = door.record_contract(request.asker, urn, terms=form.terms())
            messages.success(request, "The contract is on record. Name the people who work under it.")
            return redirect("contract", urn, number)
    return form_page(request, "third_parties/add_contract.html", form, found=page)


def add_third_party(request: PortalRequest, urn: int, contract_id: int) -> HttpResponse:
    page = door.show_contract(request.asker, urn, contract_id)
    form = ThirdPartyForm(request.POST or None)
    if form.is_valid():
        typed = form.typed()
        with refusals_on(form):
            given = door.add_third_party(request.asker, urn, contract_id, **typed)
            waits = ", and cannot see anything until they accept the invitation" if given.awaits else ""
            said = f"{given.person.name} is on the register at Level {typed['level']}{waits}."
            messages.success(request, with_narrowing(said, urn, given.line_id) if typed["level"] == Level.TWO else said)
            tell_about_the_letter(request, given.person.name, given.told)
            return redirect("contract", urn, contract_id)
    elif form.is_bound:
        with refusals_on(form):
            door.check_third_party(request.asker, urn, contract_id, **form.typed())
    return form_page(request, "third_parties/add_person.html", form, found=page)


def record_dbs(request: PortalRequest, urn: int, contract_id: int) -> HttpResponse:
    page = door.show_contract(request.asker, urn, contract_id)
    label, known = "Day on which you confirmed the safeguarding (DBS) checks", page.contract.dbs_confirmed_on
    form = DayForm(request.POST or None, label=label, known=known)
    words = {"heading": "Record the safeguarding (DBS) check", "button": "Record it", "done": "The check is on record."}
    return _step(request, page, form, words, door.record_dbs)


def change_contract(request: PortalRequest, urn: int, contract_id: int) -> HttpResponse:
    page = door.show_contract(request.asker, urn, contract_id)
    form = ContractDaysForm(request.POST or None, contract=page.contract)
    words = {
        "heading": "Change the days of the contract",
        "text": "Everybody who has access until the last day of the contract will have it until the new last day."
        if page.contract.lets_people_in
        else "Everybody named under it will have access from the new first day, and until the new last day.",
        "button": "Change the days",
        "done": "The days of the contract have been changed.",
    }
    return _step(request, page, form, words, door.change_contract)


def record_certificate(request: PortalRequest, urn: int, contract_id: int) -> HttpResponse:
    page = door.show_contract(request.asker, urn, contract_id)
    known = page.contract.destruction_certified_on
    form = DayForm(request.POST or None, label="Day of the certificate", known=known)
    words = {
        "heading": "Record the certificate of destruction",
        "text": "The organisation has certified that it destroyed all information it had under the contract.",
        "button": "Record it",
        "done": "The certificate is on record.",
    }
    return _step(request, page, form, words, door.record_certificate)


def end_contract(request: PortalRequest, urn: int, contract_id: int) -> HttpResponse:
    page = door.show_contract(request.asker, urn, contract_id)
    form = SureForm(request.POST or None, label="End this contract now")
    words = {
        "heading": "End the contract",
        "text": "The people under it lose their access here from now on, even if "
        "they are signed in. They are asked by email for a certificate of destruction. You cannot undo this. If "
        "you end a contract by mistake, record it again, and name its people again.",
        "lose": tuple(one.name for one in page.contract.people if one.has_access or one.awaits),
        "button": "End the contract",
        "done": f"The contract with {page.contract.organisation} has ended.",
    }
    return _step(request, page, form, words, lambda *where, sure: door.end_contract(*where))


def _step(
    request: PortalRequest, page: ContractPage, form: forms.Form, words: dict[str, Any], change: Callable[..., Any]
) -> HttpResponse:
    """A page that asks one question about a contract."""
    where = page.here.urn, page.contract.id
    if is_done(request, form, partial(change, request.asker, *where), words["done"]):
        return redirect("contract", *where)
    return form_page(request, "third_parties/step.html", form, found=page, words=words)
