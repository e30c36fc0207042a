"""Data quality, challenges and returns: the same pages on both sites."""

from contextlib import suppress
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from sharing import door
from sharing.ordering import ContextKey
from sharing.pages.accuracy_forms import AnswerForm, ChallengeForm, ReturnForm, TakeBackForm
from sharing.pages.answers import form_page, refusals_said
from sharing.pages.ordering import several_establishments
from sharing.records.accuracy import ChallengeLine, ChallengePage
from sharing.requests import PortalRequest, page_number

NOTHING_TO_SETTLE = "Nothing was changed: in the meantime this challenge has been answered, passed on or taken back."
STILL_BELOW = "What you typed is still below."
NOT_TAKEN_BACK = "Nothing was changed: this challenge has been answered, so it can no longer be taken back."


def data_quality(request: PortalRequest, urn: int) -> HttpResponse:
    return render(request, "accuracy/quality.html", {"found": door.show_quality(request.asker, urn)})


def finding(request: PortalRequest, urn: int, key: str) -> HttpResponse:
    found = door.show_finding(request.asker, urn, key, number=page_number(request))
    return render(request, "accuracy/finding.html", {"found": found})


def challenge_pupil(request: PortalRequest, urn: int, pupil_id: UUID) -> HttpResponse:
    return _raise(request, urn, "pupil", pupil_id)


def challenge_staff(request: PortalRequest, urn: int, member_id: UUID) -> HttpResponse:
    return _raise(request, urn, "staff", member_id)


def challenge_figure(request: PortalRequest, urn: int) -> HttpResponse:
    return _raise(request, urn, "figure", None)


def challenges(request: PortalRequest, urn: int) -> HttpResponse:
    found = door.list_challenges(request.asker, urn, number=page_number(request))
    return render(request, "accuracy/challenges.html", {"found": found})


def challenge(request: PortalRequest, urn: int, challenge_id: int) -> HttpResponse:
    """One challenge; those who keep the records can answer it here."""
    form = AnswerForm(request.POST or None)
    if form.is_valid():
        with suppress(door.AlreadySettled):
            door.answer_challenge(request.asker, urn, challenge_id, **form.cleaned_data)
            messages.success(request, "You have answered the challenge.")
            return redirect("challenge", urn, challenge_id)
    found = door.show_challenge(request.asker, urn, challenge_id)
    if form.is_bound and found.here.can_keep_records and not found.can_answer:
        form.add_error(None, f"Your answer was not recorded: {_why_not(found.challenge)}. {STILL_BELOW}")
    return _challenge(request, found, form)


@require_POST
def pass_on_challenge(request: PortalRequest, urn: int, challenge_id: int) -> HttpResponse:
    try:
        door.pass_on_challenge(request.asker, urn, challenge_id)
    except door.AlreadySettled:
        messages.warning(request, NOTHING_TO_SETTLE)
    else:
        messages.success(request, "The data team of the Education Department now has the challenge.")
    return redirect("challenge", urn, challenge_id)


@require_POST
def take_back_challenge(request: PortalRequest, urn: int, challenge_id: int) -> HttpResponse:
    """Take a challenge back, by whoever raised it."""
    form = TakeBackForm(request.POST)
    if form.is_valid():
        with suppress(door.AlreadySettled):
            door.take_back_challenge(request.asker, urn, challenge_id, **form.cleaned_data)
            messages.success(request, "You have taken the challenge back.")
            return redirect("challenge", urn, challenge_id)
    found = door.show_challenge(request.asker, urn, challenge_id)
    if not found.can_take_back:
        messages.warning(request, NOT_TAKEN_BACK)
    return _challenge(request, found, form)


def returns(request: PortalRequest, urn: int) -> HttpResponse:
    return render(request, "accuracy/returns.html", {"found": door.show_returns(request.asker, urn)})


@require_POST
def confirm_return(request: PortalRequest, urn: int) -> HttpResponse:
    form = ReturnForm(request.POST)
    if not form.is_valid():
        raise Http404
    kind, reference_day = form.which()
    version = form.cleaned_data["version"]
    with refusals_said(request):
        door.confirm_return(request.asker, urn, kind=kind, reference_day=reference_day, version=version)
        messages.success(request, "The return is confirmed as complete.")
    return redirect("returns", urn)


@several_establishments(ContextKey.NAME)
def accuracy_desk(request: PortalRequest) -> HttpResponse:
    found = door.show_accuracy_desk(request.asker, number=page_number(request))
    return render(request, "accuracy/desk.html", {"found": found})


def _why_not(challenge: ChallengeLine) -> str:
    """Why a challenge can no longer be answered here."""
    if challenge.is_taken_back:
        return "it was taken back, so it no longer needs an answer"
    if challenge.is_settled:
        return "somebody else has answered it"
    return "it is now with the data team of the Education Department"


def _challenge(request: PortalRequest, found: ChallengePage, form: AnswerForm | TakeBackForm) -> HttpResponse:
    """One challenge with its two forms; `form` is the one that was sent, whose errors the page shows."""
    answer = form if isinstance(form, AnswerForm) else AnswerForm()
    take_back = form if isinstance(form, TakeBackForm) else TakeBackForm()
    return form_page(request, "accuracy/challenge.html", form, found=found, answer=answer, take_back=take_back)


def _raise(request: PortalRequest, urn: int, about: str, subject_id: UUID | None) -> HttpResponse:
    found = door.show_subject(request.asker, urn, about, subject_id)
    form = ChallengeForm(request.POST or None, facts=found.facts)
    if form.is_valid():
        number = door.raise_challenge(request.asker, urn, about, subject_id, **form.cleaned_data)
        messages.success(request, "Your challenge is recorded. We will email you when it is answered.")
        return redirect("challenge", urn, number)
    return form_page(request, "accuracy/raise.html", form, found=found)
