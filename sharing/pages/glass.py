"""The pages for breaking the glass (R18). What is typed is sent by POST, and is in no address and no log."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localtime
from django.views.decorators.http import require_POST

from sharing import door
from sharing.cannot import CannotDo, version_of
from sharing.door.glass import NO_SUCH_CHILD
from sharing.models.overrides import Mark
from sharing.pages.answers import form_page, refusals_on, refusals_said
from sharing.pages.glass_forms import BreakForm, ExactlyForm, ExplainForm, exactly
from sharing.requests import PortalRequest, page_number

CHILD = "glass"  # in the session, until the glass is broken
AGAIN = "glass_again"  # why the same record was opened before, for the officer to check
MORE_THAN_ONE = "There is more than one such child. Use the UPN."
ANOTHER = (
    "Nothing was opened. Since you opened this page you have looked for another child. Look for the child again, and "
    "copy what you typed: it is still below."
)
NOBODY_LOOKED_FOR = (
    "You may have opened the record already: see the records you have opened. If it is not there, look for the child "
    "again, and copy what you typed: it is still below."
)
TOLD = "The information manager is told."
NOBODY_TOLD = "Nobody else is an information manager today, so nobody at the Council is told."
OPEN_ALREADY = "You have already opened this record. It is open until {}. Nothing was added, and nobody is told again."


def look(request: PortalRequest) -> HttpResponse:
    """Ask which child is meant; the answer only says that there is one."""
    found = door.list_my_openings(request.asker)
    form = ExactlyForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            number = door.count_exactly(request.asker, child=form.child())
            if number == 1:
                request.session[CHILD] = form.kept()
                request.session.pop(AGAIN, None)
                return redirect("break_glass")
            form.add_error(None, MORE_THAN_ONE if number else NO_SUCH_CHILD)
    return form_page(request, "glass/look.html", form, found=found)


def break_glass(request: PortalRequest) -> HttpResponse:
    """Ask for the reason, and then open the record: of the child who was looked for when the form was opened."""
    typed = request.session.get(CHILD)
    if typed is None and request.method != "POST":
        return redirect("look_for_a_child")
    door.list_my_openings(request.asker)  # refuses anybody who may not break the glass
    form = BreakForm(request.POST or None, initial={**request.session.get(AGAIN, {}), "version": version_of(typed)})
    if form.is_valid():
        why = {name: form.cleaned_data[name] for name in ("because", "reason", "head_barred")}
        with refusals_on(form):
            if typed is None:  # sent twice, for example
                raise CannotDo(NOBODY_LOOKED_FOR)
            if form.cleaned_data["version"] not in (None, version_of(typed)):
                raise CannotDo(ANOTHER)
            opened = door.break_glass(request.asker, child=exactly(typed), **why)
            del request.session[CHILD]
            request.session.pop(AGAIN, None)
            if opened.is_new:
                told = TOLD if opened.manager_told else NOBODY_TOLD
                messages.success(request, f"The record is open for 24 hours. {told}")
            else:
                messages.info(request, OPEN_ALREADY.format(f"{localtime(opened.until):%H:%M on %-d %B %Y}"))
            return redirect("pupil", *opened.records[0]) if len(opened.records) == 1 else redirect("my_openings")
    return form_page(request, "glass/break.html", form)


def mine(request: PortalRequest, typed: ExplainForm | None = None) -> HttpResponse:
    """The officer's own openings, each with a form if somebody asks about it; `typed` is the form that had an error."""
    found = door.list_my_openings(request.asker, number=page_number(request))
    asked = {opening.id: ExplainForm(opening.id) for opening in found.openings if opening.asked_by}
    if typed and typed.opening_id not in {opening.id for opening in found.openings}:
        raise Http404
    forms = asked | ({typed.opening_id: typed} if typed else {})
    shown = [(opening, forms.get(opening.id)) for opening in found.openings]
    context = {"found": found, "openings": shown, "form": typed}
    return render(request, "glass/mine.html", context, status=422 if typed else 200)


@require_POST
def explain(request: PortalRequest, opening_id: int) -> HttpResponse:
    form = ExplainForm(opening_id, request.POST)
    if form.is_valid():
        with refusals_on(form):
            door.explain_opening(request.asker, opening_id, text=form.cleaned_data["explanation"])
            messages.success(request, "Your explanation is recorded. Those who asked are told.")
            return redirect("my_openings")
    return mine(request, form)


@require_POST
def end(request: PortalRequest, opening_id: int) -> HttpResponse:
    """End an opening early or, with the other button, begin another once the officer has given a reason."""
    ended = door.end_opening(request.asker, opening_id)
    if "again" in request.POST and ended.upn_key:
        request.session[CHILD], request.session[AGAIN] = {"upn_key": ended.upn_key}, ended.why
        messages.info(request, "The record is closed to you. If you say why, it opens for another 24 hours.")
        return redirect("break_glass")
    messages.success(request, "The record is closed to you again.")
    return redirect("my_openings")


def to_mark(request: PortalRequest) -> HttpResponse:
    return render(request, "glass/to_mark.html", {"found": door.list_openings_to_mark(request.asker)})


def here(request: PortalRequest, urn: int) -> HttpResponse:
    found = door.list_openings(request.asker, urn, number=page_number(request))
    return render(request, "glass/here.html", {"found": found})


@require_POST
def mark(request: PortalRequest, urn: int, opening_id: int) -> HttpResponse:
    """Mark an opening as explained, or ask about it: one of two buttons."""
    said = Mark.EXPLAINED if request.POST.get("mark") == Mark.EXPLAINED else Mark.ASKED
    with refusals_said(request):
        door.mark_opening(request.asker, urn, opening_id, mark=said, version=request.POST.get("version"))
        messages.success(request, "It is marked as explained." if said == Mark.EXPLAINED else "The officer is asked.")
    return redirect("openings_here", urn)
