"""Breaches in the browser, on both sites; what the data-protection side does, on EduNet."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render

from access_register.breaches import reading, steps
from access_register.breaches.forms import (
    AskAgainForm,
    EvidenceForm,
    PanelForm,
    ReferForm,
    ReportForm,
    SearchForm,
    ToldForm,
    VoteForm,
    WordsForm,
)
from access_register.breaches.records import CasePage
from access_register.models import Breach
from access_register.register.rules import CannotChange
from sharing.cannot import version_of
from sharing.door import show_pattern
from sharing.pages.answers import form_page, refusals_on
from sharing.requests import PortalRequest, number_of_row, page_number, row_number, while_suspended

DECIDED = "The case is decided, and the decision applies."
REPORTED = (
    "Your report is recorded. The data-protection side of the Department will look at it. You can find it again in "
    "My access."
)
REFERRED = "The case has been referred, and whoever it is against is told. Name the panel next."
CLOSED = "The case has been closed, and whoever reported it is told."
TO_CLOSE = "This is recorded. The case will be closed once another information manager agrees."


@while_suspended
def breaches(request: PortalRequest, urn: int | None = None) -> HttpResponse:
    """The breaches that concern the asker. The home page also leads here from one of their establishments."""
    found = reading.list_breaches(request.asker, number=page_number(request))
    return render(request, "breaches/list.html", {"found": found})


def report_breach(request: PortalRequest) -> HttpResponse:
    found = reading.show_reporting(request.asker)
    if found.instead:
        return render(request, "breaches/report_instead.html", {"found": found})
    about = {"establishments": found.establishments, "managers": found.managers}
    form = ReportForm(request.POST or None, initial=_of_pattern(request), **about)
    if form.is_valid():
        number = steps.report_breach(request.asker, **form.cleaned_data)
        messages.success(request, REPORTED)
        return redirect("breach", number)
    return form_page(request, "breaches/report.html", form, found=found)


def _of_pattern(request: PortalRequest) -> dict[str, Any]:
    """What an unusual pattern says, for reporting it. Raises NoSuchRecord for anybody who does not judge patterns."""
    number = row_number(request, "pattern")
    if number is None or request.method == "POST":
        return {}
    pattern = show_pattern(request.asker, number).pattern
    return {
        "whose": Breach.Whose.PERSON, "whom": ", ".join(filter(None, [pattern.person, pattern.establishment])),
        "about": pattern.urn, "happened_on": pattern.day, "by_managers": [pattern.person_id],
        "happened": f"Unusual pattern {pattern.id}, {pattern.kind.lower()}. {pattern.counted}",
    }  # fmt: skip


@while_suspended
def breach(request: PortalRequest, breach_id: int) -> HttpResponse:
    return render(request, "breaches/page.html", {"found": reading.show_breach(request.asker, breach_id)})


def suspension(request: PortalRequest, urn: int) -> HttpResponse:
    found = reading.show_suspensions(request.asker, urn)
    return render(request, "breaches/suspension.html", {"found": found})


def concern(request: PortalRequest, breach_id: int) -> HttpResponse:
    """Search for somebody, then choose. Both are POST requests, so that no name is in an address."""
    case = reading.show_breach(request.asker, breach_id, to="concern")
    form = SearchForm(request.POST or None)
    found: tuple[tuple[int, str], ...] = ()
    if (party := number_of_row(request.POST.get("take_out", ""))) is not None:
        return _taken_out(request, breach_id, party)
    if form.is_valid():
        sort, target = form.cleaned_data["sort"], number_of_row(request.POST.get("target", ""))
        if target is not None:
            with refusals_on(form):
                steps.name_concerned(request.asker, breach_id, sort=sort, target=target)
                messages.success(request, "The name is on record. If it is the wrong one, take it out below.")
                return redirect("breach_concern", breach_id)
        found = steps.find_concerned(request.asker, breach_id, **form.cleaned_data)
    searched = request.method == "POST" and not form.errors
    return form_page(request, "breaches/concern.html", form, case=case, found=found, searched=searched)


def _taken_out(request: PortalRequest, breach_id: int, party: int) -> HttpResponse:
    try:
        steps.take_out_concerned(request.asker, breach_id, party=party)
    except CannotChange as refused:
        messages.error(request, refused.message)
        return redirect("breach", breach_id)
    messages.success(
        request,
        "The name has been taken out. It is still listed under what was done, for the data-protection side only.",
    )
    return redirect("breach_concern", breach_id)


def refer(request: PortalRequest, breach_id: int) -> HttpResponse:
    def do(typed: dict[str, Any]) -> str:
        waits = steps.refer_breach(request.asker, breach_id, **typed)
        return TO_CLOSE if waits else REFERRED if typed["refers"] else CLOSED

    return _act(request, breach_id, "refer", _refer_form, "What it is, and where it goes", CLOSED, do)


def _refer_form(data: QueryDict | None, case: CasePage) -> ReferForm:
    return ReferForm(data, initial={"version": version_of(*case.named)})


def tell(request: PortalRequest, breach_id: int) -> HttpResponse:
    return _act(
        request, breach_id, "tell", lambda data, case: ToldForm(data, untold=case.untold),
        "Say who has been told", "It is recorded that they have been told.",
        lambda typed: steps.record_told(request.asker, breach_id, **typed),
    )  # fmt: skip


def evidence(request: PortalRequest, breach_id: int) -> HttpResponse:
    return _act(
        request, breach_id, "evidence", lambda data, case: EvidenceForm(data, urns=case.urns),
        "Attach rows of the ledger", "The rows are attached, as they are now.",
        lambda typed: steps.attach_evidence(request.asker, breach_id, **typed),
    )  # fmt: skip


def panel(request: PortalRequest, breach_id: int) -> HttpResponse:
    candidates = steps.show_panel(request.asker, breach_id)
    return _act(
        request, breach_id, "seat", lambda data, case: PanelForm(data, candidates=candidates),
        "Name the panel", "The panel is named, and its members are told.",
        lambda typed: steps.seat_panel(request.asker, breach_id, **typed),
    )  # fmt: skip


def vote(request: PortalRequest, breach_id: int) -> HttpResponse:
    return _act(
        request, breach_id, "vote", lambda data, case: VoteForm(data, measures=case.measures), "Vote",
        "Your vote counts. You can change it until the case is decided.",
        lambda typed: DECIDED if steps.vote_on_breach(request.asker, breach_id, **typed) else "",
    )  # fmt: skip


@while_suspended
def answer(request: PortalRequest, breach_id: int) -> HttpResponse:
    return _act(
        request, breach_id, "answer", lambda data, case: WordsForm(data), "Answer", "The panel can read your answer.",
        lambda typed: steps.answer_breach(request.asker, breach_id, **typed),
    )  # fmt: skip


@while_suspended
def appeal(request: PortalRequest, breach_id: int) -> HttpResponse:
    return _act(
        request, breach_id, "appeal", lambda data, case: WordsForm(data), "Appeal",
        "Your appeal is recorded. Other people will decide it. The decision stands until then.",
        lambda typed: steps.appeal_breach(request.asker, breach_id, **typed),
    )  # fmt: skip


def again(request: PortalRequest, breach_id: int) -> HttpResponse:
    return _act(
        request, breach_id, "again", lambda data, case: AskAgainForm(data, managers=case.managers),
        "Ask for others to look at it", "This is recorded. Other people will look at it.",
        lambda typed: steps.ask_again(request.asker, breach_id, **typed),
    )  # fmt: skip


def _act(
    request: PortalRequest, breach_id: int, step: str, make: Callable[[QueryDict | None, CasePage], forms.Form],
    title: str, done: str, do: Callable[[dict[str, Any]], object],
) -> HttpResponse:  # fmt: skip
    """One step of a case, on a page of its own. If `do` returns words, they are shown instead of `done`."""
    case = reading.show_breach(request.asker, breach_id, to=step)
    data = request.POST if request.method == "POST" else None
    form = make(data, case)
    if form.is_valid():
        with refusals_on(form):
            said = do(form.cleaned_data)
            messages.success(request, said if said and isinstance(said, str) else done)
            return redirect("breach", breach_id)
    return form_page(request, "breaches/act.html", form, case=case, title=title, step=step)
