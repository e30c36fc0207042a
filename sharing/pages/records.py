"""An establishment, its pupils and its staff: the same pages on both sites, from the same store (R6, R33, R40)."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from sharing import door
from sharing.door.pupil_filter import FIELDS, SORTS
from sharing.kept_names import keeps_names
from sharing.requests import PortalRequest, page_number, pupil_filter, removable, sort_order, staff_filter


def establishment(request: PortalRequest, urn: int) -> HttpResponse:
    return render(request, "establishments/page.html", {"found": door.show_establishment(request.asker, urn)})


@keeps_names(*FIELDS, "sort")
def pupils(request: PortalRequest, urn: int) -> HttpResponse:
    only, sort = pupil_filter(request), sort_order(request)
    found = door.list_pupils(request.asker, urn, only=only, sort=sort, number=page_number(request))
    context = {"found": found, "only": only, "in_use": removable(request, found.active), "sorts": SORTS}
    return render(request, "pupils/list.html", context)


@require_POST
def pupil_columns(request: PortalRequest, urn: int) -> HttpResponse:
    """Save the choice of columns, and go back to the list with its filters."""
    door.choose_columns(request.asker, urn, wanted=request.POST.getlist("column"))
    return redirect(f"{reverse('pupils', args=[urn])}?{request.GET.urlencode()}")


def pupil(request: PortalRequest, urn: int, pupil_id: UUID) -> HttpResponse:
    return render(request, "pupils/page.html", {"found": door.show_pupil(request.asker, urn, pupil_id)})


@keeps_names("work", "contract")
def staff(request: PortalRequest, urn: int) -> HttpResponse:
    only = staff_filter(request)
    found = door.list_staff(request.asker, urn, only=only, number=page_number(request))
    return render(request, "staff/list.html", {"found": found, "only": only})


def member(request: PortalRequest, urn: int, member_id: UUID) -> HttpResponse:
    return render(request, "staff/page.html", {"found": door.show_member(request.asker, urn, member_id)})
