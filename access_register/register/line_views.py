"""One line of the register in the browser: narrowing, suspending and resuming it, and its story."""

from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from access_register.register import register as door
from access_register.register.forms import NarrowForm, ResumeForm, SuspendForm
from access_register.register.reading import show_narrowing
from access_register.register.records import LineRecord
from access_register.register.stories import show_story
from sharing.days import day_in_words
from sharing.pages.answers import form_page, is_done
from sharing.requests import PortalRequest


def narrow(request: PortalRequest, urn: int, line_id: int) -> HttpResponse:
    page, line, year_groups = show_narrowing(request.asker, urn, line_id)
    if line.is_past or line.level != 2:
        messages.info(request, f"{line.name} has no Level 2 access here, so there is nothing to narrow.")
        return redirect("register", urn)
    now = {name: getattr(line, name) for name in ("year_groups", "withheld", "version")}
    form = NarrowForm(request.POST or None, initial=now, year_groups=year_groups)
    do = partial(door.narrow_access, request.asker, urn, line_id)
    if is_done(request, form, do, f"It is recorded what the line of {line.name} leaves out."):
        return redirect("register", urn)
    return form_page(request, "register/narrow.html", form, found=page, line=line)


def suspend(request: PortalRequest, urn: int, line_id: int) -> HttpResponse:
    page, line = door.show_line(request.asker, urn, line_id)
    if line.is_past or line.is_suspended:
        messages.info(request, f"{line.name} has no access here at the moment.")
        return redirect("register", urn)
    form = SuspendForm(request.POST or None)
    do = partial(door.suspend_access, request.asker, urn, line_id)
    if is_done(request, form, do, f"{line.name}’s line opens nothing here until you lift the suspension."):
        return redirect("register", urn)
    return form_page(request, "register/suspend.html", form, found=page, line=line)


def resume(request: PortalRequest, urn: int, line_id: int) -> HttpResponse:
    page, line = door.show_line(request.asker, urn, line_id)
    if line.is_past or not line.is_suspended:
        messages.info(request, f"{line.name} has no suspended access here.")
        return redirect("register", urn)
    form = ResumeForm(request.POST if request.method == "POST" else None, initial={"version": line.version})
    if is_done(request, form, partial(door.resume_access, request.asker, urn, line_id), _goes_on(line)):
        return redirect("register", urn)
    return form_page(request, "register/resume.html", form, found=page, line=line)


def _goes_on(line: LineRecord) -> str:
    """What a line that is no longer suspended opens, in words: nothing yet, if it has yet to begin or be accepted."""
    if line.is_coming:
        return f"{line.name} has Level {line.level} here from {day_in_words(line.starts_on)}."
    if line.is_pending:
        return f"{line.name} has Level {line.level} here once they have accepted the invitation."
    return f"{line.name} has Level {line.level} here again."


def story(request: PortalRequest, urn: int, line_id: int) -> HttpResponse:
    return render(request, "register/story.html", {"found": show_story(request.asker, urn, line_id)})
