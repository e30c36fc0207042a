"""The pages of EduNet. Each asks the door, the same one as Schools Online (R40), and shows what it answers."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from sharing import door
from sharing.door.pupil_filter import SORTS
from sharing.ordering import ContextKey
from sharing.pages.ordering import several_establishments
from sharing.requests import (
    PortalRequest,
    page_number,
    pupil_filter,
    removable,
    sort_order,
    staff_filter,
)


@several_establishments(ContextKey.NAME)
def home(request: PortalRequest) -> HttpResponse:
    """Where an officer's duties open pupils, staff or confidential items, and the way to the establishments."""
    places = door.my_places(request.asker)
    under_duty = [
        place for place in places if place.can_view_pupils or place.can_view_staff or place.can_view_restricted
    ]
    context = {
        "establishments": len(places),
        "under_duty": under_duty,
        "may_find": any(place.can_view_pupils for place in places),
        "keeps_records": bool(places) and all(place.can_keep_records for place in places),
        "manages_duties": any(place.can_manage_duties for place in places),
        "runs_releases": any(place.can_keep_records for place in places),
        "waiting_at": [place for place in places if place.to_do],
    }
    return render(request, "edunet/home.html", context)


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
