"""The pages of subject access, on both sites (R18). What is typed about a child is only ever sent by POST."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from sharing.door import subject_access as door
from sharing.pages.answers import form_page, refusals_on
from sharing.pages.subject_access_forms import SettleForm, SubjectRequestForm
from sharing.requests import PortalRequest, page_number

_SAID = {
    "answered": "The request is recorded as answered.",
    "refused": "The request is recorded as refused.",
    "extended": "The answer is now due two months later.",
}


def requests(request: PortalRequest, urn: int | None = None) -> HttpResponse:
    found = door.list_subject_requests(request.asker, urn, number=page_number(request))
    return render(request, "subject_access/list.html", {"found": found})


def record(request: PortalRequest, urn: int | None = None) -> HttpResponse:
    """Record a request. From the record of a child, the form opens with that child's details and nothing else."""
    found = door.list_subject_requests(request.asker, urn)
    if request.POST.get("of") == "child":
        child = {name: request.POST.get(name, "") for name in ("upn", "forename", "surname", "born_on")}
        return form_page(request, "subject_access/record.html", SubjectRequestForm(initial=child), found=found)
    form = SubjectRequestForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            number = door.record_subject_request(request.asker, urn, request=form.request())
            messages.success(request, f"The request is recorded as S-{number}.")
            return _to("subject_request", urn, number)
    return form_page(request, "subject_access/record.html", form, found=found)


def one(request: PortalRequest, request_id: int, urn: int | None = None) -> HttpResponse:
    """One request. A POST says what has become of it."""
    found = door.show_subject_request(request.asker, urn, request_id)
    form = SettleForm(request.POST or None, may_extend=found.request.may_extend)
    if form.is_valid():
        door.settle_subject_request(request.asker, urn, request_id, **form.cleaned_data)
        messages.success(request, _SAID[form.cleaned_data["step"]])
        return _to("subject_request", urn, request_id)
    return form_page(request, "subject_access/page.html", form, found=found)


@require_POST
def prepare(request: PortalRequest, request_id: int, urn: int | None = None) -> HttpResponse:
    return redirect("download", door.prepare_answer(request.asker, urn, request_id))


def _to(name: str, urn: int | None, request_id: int) -> HttpResponseRedirect:
    return redirect(name, urn, request_id) if urn else redirect(name, request_id)
