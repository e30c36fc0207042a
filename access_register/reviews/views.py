"""The termly review in the browser."""

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from access_register.reviews import reviews
from access_register.reviews.forms import ReviewForm, VersionForm, as_marks
from sharing.pages.answers import form_page, refusals_on, refusals_said
from sharing.requests import PortalRequest


def review(request: PortalRequest, urn: int) -> HttpResponse:
    page = reviews.show_review(request.asker, urn)
    ticked = page.used_at_level_3 if request.GET.get("tick") == "3" else []
    form = ReviewForm(request.POST if request.method == "POST" else None, page=page, initial={"lines": ticked})
    if form.is_valid():
        with refusals_on(form):
            number = reviews.confirm_lines(request.asker, urn, versions=as_marks(form.cleaned_data["lines"]))
            messages.success(request, f"{number} {'person is' if number == 1 else 'people are'} confirmed.")
            return redirect("review", urn)
    return form_page(request, "register/review.html", form, found=page)


@require_POST
def confirm_line(request: PortalRequest, urn: int, line_id: int) -> HttpResponse:
    version = _version(request)
    with refusals_said(request):
        number = reviews.confirm_lines(request.asker, urn, versions={line_id: version})
        messages.success(request, "1 person is confirmed." if number else "This person had already been confirmed.")
    return redirect("review", urn)


@require_POST
def lower_line(request: PortalRequest, urn: int, line_id: int) -> HttpResponse:
    version = _version(request)
    with refusals_said(request):
        name = reviews.lower_line(request.asker, urn, line_id, version=version)
        messages.success(request, f"{name} is at Level 3 now, and confirmed.")
    return redirect("review", urn)


@require_POST
def undo_review(request: PortalRequest, urn: int, event_id: int) -> HttpResponse:
    with refusals_said(request):
        undone = reviews.undo(request.asker, urn, event_id)
        messages.success(request, f"{undone.name} is at Level {undone.level} again, and confirmed.")
    return redirect("review", urn)


def _version(request: PortalRequest) -> int:
    form = VersionForm(request.POST)
    if not form.is_valid():
        raise BadRequest
    return form.cleaned_data["version"]
