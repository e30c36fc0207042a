"""The pages of EduNet. Each asks the door, the same one as Schools Online (R40), and shows what it answers."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from sharing import door
from sharing.door.pupil_filter import SORTS
from sharing.door.workbench import OPENS
from sharing.ordering import ContextKey
from sharing.pages.ordering import several_establishments
from sharing.requests import (
    PortalRequest,
    page_number,
    pupil_filter,
    removable,
    sort_order,
    staff_filter,
    typed_name,
)
from sharing.returns import Status


@several_establishments(ContextKey.NAME)
def home(request: PortalRequest) -> HttpResponse:
    """What waits for the officer, and where their duties open more than establishment information."""
    named, opens = typed_name(request), request.GET.get("opens", "")
    found = door.show_workbench(request.asker, named=named, opens=opens)
    context = {"found": found, "named": named, "opens": opens, "kinds_of_duty": OPENS.items()}
    return render(request, "edunet/home.html", context)


@several_establishments(ContextKey.NAME)
def returns_across(request: PortalRequest) -> HttpResponse:
    """Whose returns have come, of the establishments whose records the officer keeps."""
    state = request.GET.get("state", "")
    state = state if state in set(Status) else ""
    found = door.show_returns_across(request.asker, state=state, number=page_number(request))
    return render(request, "edunet/returns.html", {"found": found, "state": state})


def establishment(request: PortalRequest, urn: int) -> HttpResponse:
    return render(request, "establishments/page.html", {"found": door.show_establishment(request.asker, urn)})


def pupils(request: PortalRequest, urn: int) -> HttpResponse:
    only, sort = pupil_filter(request), sort_order(request)
    found = door.list_pupils(request.asker, urn, only=only, sort=sort, number=page_number(request))
    context = {"found": found, "only": only, "in_use": removable(request, found.active), "sorts": SORTS}
    return render(request, "pupils/list.html", context)


@require_POST
def pupil_columns(request: PortalRequest, urn: int) -> HttpResponse:
    """Keep the choice of columns, and go back to the list as it was filtered."""
    door.choose_columns(request.asker, urn, wanted=request.POST.getlist("column"))
    return redirect(f"{reverse('pupils', args=[urn])}?{request.GET.urlencode()}")


def pupil(request: PortalRequest, urn: int, pupil_id: UUID) -> HttpResponse:
    return render(request, "pupils/page.html", {"found": door.show_pupil(request.asker, urn, pupil_id)})


def staff(request: PortalRequest, urn: int) -> HttpResponse:
    only = staff_filter(request)
    found = door.list_staff(request.asker, urn, only=only, number=page_number(request))
    return render(request, "staff/list.html", {"found": found, "only": only})


def member(request: PortalRequest, urn: int, member_id: UUID) -> HttpResponse:
    return render(request, "staff/page.html", {"found": door.show_member(request.asker, urn, member_id)})
