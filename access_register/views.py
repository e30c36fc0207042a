"""The Access Register in the browser."""

from allauth.account.forms import ResetPasswordForm
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from access_register import register as door
from access_register.forms import AddForm, LineForm, WithdrawForm
from access_register.models import Person
from sharing.requests import PortalRequest


def register(request: PortalRequest, urn: int) -> HttpResponse:
    return render(request, "register/page.html", {"found": door.show_register(request.asker, urn)})


def add_person(request: PortalRequest, urn: int) -> HttpResponse:
    page = door.show_register(request.asker, urn)
    form = AddForm(request.POST or None, may_name_level_1=page.can_name_level_1)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            person, is_new = door.give_access(
                request.asker, urn, name=typed["name"], email=typed["email"], entry=form.entry()
            )
        except door.CannotChange as refused:
            form.add_error(refused.field, refused.message)
        else:
            if is_new:
                _send_link_to_set_password(request, person)
            messages.success(request, f"{person.name} is on the register at Level {typed['level']}.")
            return redirect("register", urn)
    return render(request, "register/add.html", {"found": page, "form": form}, status=_status(form))


def change_line(request: PortalRequest, urn: int, line_id: int) -> HttpResponse:
    page, line = door.show_line(request.asker, urn, line_id)
    if line.is_withdrawn:
        messages.info(request, f"{line.name} has no access here any more.")
        return redirect("register", urn)
    now = {name: getattr(line, name) for name in ("role", "level", "basis", "basis_words", "ends_on")}
    form = LineForm(
        request.POST or None,
        initial=now,
        level_now=line.level,
        role_now=line.role,
        may_name_level_1=page.can_name_level_1,
    )
    if request.method == "POST" and form.is_valid():
        try:
            door.change_access(request.asker, urn, line_id, entry=form.entry())
        except door.CannotChange as refused:
            form.add_error(refused.field, refused.message)
        else:
            messages.success(request, f"{line.name} is at Level {form.cleaned_data['level']} now.")
            return redirect("register", urn)
    return render(request, "register/change.html", {"found": page, "line": line, "form": form}, status=_status(form))


def withdraw(request: PortalRequest, urn: int, line_id: int) -> HttpResponse:
    page, line = door.show_line(request.asker, urn, line_id)
    if line.is_withdrawn:
        messages.info(request, f"{line.name} has no access here any more.")
        return redirect("register", urn)
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            door.withdraw_access(request.asker, urn, line_id, because=form.cleaned_data["because"])
        except door.CannotChange as refused:
            form.add_error(None, refused.message)
        else:
            messages.success(request, f"{line.name} has no access here any more.")
            return redirect("register", urn)
    return render(request, "register/withdraw.html", {"found": page, "line": line, "form": form}, status=_status(form))


def _status(form: AddForm | LineForm | WithdrawForm) -> int:
    return 422 if form.errors else 200


def _send_link_to_set_password(request: PortalRequest, person: Person) -> None:
    """A new person's way in: the link of "I cannot sign in", with which they set their first password."""
    form = ResetPasswordForm({"email": person.email})
    if form.is_valid():
        form.save(request)
