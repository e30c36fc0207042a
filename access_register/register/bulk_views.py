"""Many lines at once, in the browser. An uploaded list waits in the person's session, on the server."""

from dataclasses import asdict
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect

from access_register.register import bulk, forward, register, staff_file
from access_register.register.bulk import NO_LIST
from access_register.register.bulk_forms import ApplyForm, CopyForwardForm, StaffFileForm
from access_register.register.rules import CannotChange
from access_register.register.staff_file import StaffRow
from sharing.pages.answers import file_to_keep, form_page, refusals_on
from sharing.requests import PortalRequest

TEMPLATES = {
    "csv": (staff_file.template_csv, "text/csv; charset=utf-8"),
    "xlsx": (staff_file.template_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


def upload_staff(request: PortalRequest, urn: int) -> HttpResponse:
    page = register.show_register(request.asker, urn)
    form = StaffFileForm(request.POST, request.FILES) if request.method == "POST" else StaffFileForm()
    if form.is_valid():
        request.session[_key(urn)] = [asdict(row) for row in form.rows]
        return redirect("check_staff", urn)
    return form_page(request, "register/upload.html", form, found=page)


def check_staff(request: PortalRequest, urn: int) -> HttpResponse:
    """Show the preview of a list, and apply it."""
    rows = [StaffRow(**row) for row in request.session.get(_key(urn), [])]
    plan = bulk.preview_staff(request.asker, urn, rows)
    if not rows or "forget" in request.POST:
        if not rows and request.method == "POST":
            messages.info(request, NO_LIST)
        request.session.pop(_key(urn), None)
        return redirect("upload_staff", urn)
    form = ApplyForm(request.POST if request.method == "POST" else None, plan=plan)
    if form.is_valid():
        try:
            done, unsent = bulk.apply_staff(request.asker, urn, rows, **_confirmations(form))
        except CannotChange as refused:
            if refused.field not in form.fields:
                messages.error(request, refused.message)
                return redirect("check_staff", urn)
            form.add_error(refused.field, refused.message)
        else:
            del request.session[_key(urn)]
            counts = done.counts
            messages.success(request, f"The list is applied: {counts['new']} added, {counts['changed']} changed.")
            _tell_unsent(request, unsent)
            return redirect("register", urn)
    return form_page(request, "register/check_staff.html", form, found=plan)


def template(request: PortalRequest, urn: int, kind: str) -> HttpResponse:
    register.show_register(request.asker, urn)
    if kind not in TEMPLATES:
        raise Http404
    make, content_type = TEMPLATES[kind]
    return file_to_keep(f"staff-list.{kind}", make(), content_type)


def copy_forward(request: PortalRequest, urn: int) -> HttpResponse:
    page = forward.list_ended(request.asker, urn)
    form = CopyForwardForm(request.POST if request.method == "POST" else None, page=page)
    if form.is_valid():
        typed = form.cleaned_data
        with refusals_on(form):
            count, unsent = forward.copy_forward(
                request.asker, urn, line_ids=typed["lines"], last_day=typed["ends_on"],
                confirmed=typed.get("confirmed", False),
            )  # fmt: skip
            messages.success(request, f"Access given again: {count}.")
            _tell_unsent(request, unsent)
            return redirect("register", urn)
    return form_page(request, "register/copy_forward.html", form, found=page)


def _key(urn: int) -> str:
    return f"staff file {urn}"


def _confirmations(form: ApplyForm) -> dict[str, Any]:
    return {"confirmed": False, "webmail_confirmed": False} | form.cleaned_data


def _tell_unsent(request: PortalRequest, unsent: int) -> None:
    if unsent:
        messages.error(request, f"Emails that could not be sent: {unsent}. Send those invitations again later.")
