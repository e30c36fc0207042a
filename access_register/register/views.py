"""The Access Register in the browser."""

from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from access_register.levels import Level
from access_register.models import RegisterLine
from access_register.officers.officers_here import show_officers_here
from access_register.register import register as door
from access_register.register.forms import AddForm, ChangeForm, WithdrawForm
from access_register.register.history import days_in_words
from access_register.register.reading import EVERYONE, show_adding
from access_register.register.records import RegisterFilter
from access_register.sign_in.invitation_views import tell_about_the_letter
from sharing.kept_names import keeps_names, kept_name
from sharing.narrowing import in_words
from sharing.pages.answers import form_page, is_done, refusals_on
from sharing.requests import PortalRequest


@keeps_names("role", "level")
def register(request: PortalRequest, urn: int) -> HttpResponse:
    only = register_filter(request)
    found = door.show_register(request.asker, urn, only=only)
    return render(request, "register/page.html", {"found": found, "only": only, "is_filtered": only != EVERYONE})


def officers_here(request: PortalRequest, urn: int) -> HttpResponse:
    return render(request, "register/officers.html", {"found": show_officers_here(request.asker, urn)})


def add_person(request: PortalRequest, urn: int) -> HttpResponse:
    page, year_groups = show_adding(request.asker, urn)
    form = AddForm(request.POST or None, may_name_level_1=page.can_name_level_1, year_groups=year_groups)
    if form.is_valid():
        typed = form.cleaned_data
        with refusals_on(form):
            given = door.give_access(request.asker, urn, name=typed["name"], email=typed["email"], entry=form.entry())
            waits = ", and cannot see anything until they accept the invitation" if given.awaits else ""
            left = in_words(typed["year_groups"], typed["withheld"])
            days = days_in_words(typed["starts_on"] or timezone.localdate(), typed["ends_on"])
            narrowed = f", {left}{days and ','}" if left else ""
            said = f"{given.person.name} is on the register at Level {typed['level']}{narrowed}{days}{waits}."
            is_whole = typed["level"] == Level.TWO and not left
            messages.success(request, with_narrowing(said, urn, given.line_id) if is_whole else said)
            tell_about_the_letter(request, given.person.name, given.told)
            return redirect("register", urn)
    elif form.is_bound:
        _tell_the_rest(request, urn, form)
    return form_page(request, "register/add.html", form, found=page)


def _tell_the_rest(request: PortalRequest, urn: int, form: AddForm) -> None:
    """For an incomplete form, also report what would stand in the way next, so that all is corrected in one go."""
    name, email = form.cleaned_data.get("name", ""), form.cleaned_data.get("email", "")
    with refusals_on(form):
        door.check_access(request.asker, urn, name=name, email=email, entry=form.entry())


def change_line(request: PortalRequest, urn: int, line_id: int) -> HttpResponse:
    page, line = door.show_line(request.asker, urn, line_id)
    if line.is_withdrawn:
        messages.info(request, f"{line.name} no longer has access here.")
        return redirect("register", urn)
    now = {name: getattr(line, name) for name in ("role", "level", "basis", "basis_words", "ends_on", "version")}
    form = ChangeForm(
        request.POST or None,
        initial=now,
        level_now=line.level,
        role_now=line.role,
        may_name_level_1=page.can_name_level_1,
    )
    if form.is_valid():
        with refusals_on(form):
            version = form.cleaned_data["version"]
            door.change_access(request.asker, urn, line_id, entry=form.entry(), version=version)
            messages.success(request, f"The line of {line.name} is at Level {form.cleaned_data['level']} now.")
            return redirect("register", urn)
    return form_page(request, "register/change.html", form, found=page, line=line)


def withdraw(request: PortalRequest, urn: int, line_id: int) -> HttpResponse:
    page, line = door.show_line(request.asker, urn, line_id)
    if line.is_withdrawn:
        messages.info(request, f"{line.name} no longer has access here.")
        return redirect("register", urn)
    form = WithdrawForm(request.POST or None)
    do = partial(door.withdraw_access, request.asker, urn, line_id)
    if is_done(request, form, do, f"{line.name} no longer has access here."):
        return redirect("register", urn)
    return form_page(request, "register/withdraw.html", form, found=page, line=line)


def with_narrowing(said: str, urn: int, line_id: int) -> SafeString:
    link = '{} <a class="govuk-notification-banner__link" href="{}">{}</a>'
    words = "Narrow it to some year groups, or leave out contact details"
    return format_html(link, said, reverse("narrow", args=[urn, line_id]), words)


def register_filter(request: PortalRequest) -> RegisterFilter:
    role, level = request.GET.get("role", ""), request.GET.get("level", "")
    return RegisterFilter(
        named=kept_name(request),
        role=role if role in RegisterLine.Role.values else "",
        level=int(level) if level in ("1", "2", "3") else 0,
    )
