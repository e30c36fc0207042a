"""The pages of Schools Online. Each asks the door and shows what it answers."""

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
    ACTING_FOR,
    PortalRequest,
    page_number,
    pupil_filter,
    removable,
    sort_order,
    staff_filter,
)


@several_establishments(ContextKey.NAME)
def home(request: PortalRequest) -> HttpResponse:
    """The establishment one acts for; with several, first the choice of one (A18)."""
    places = door.my_places(request.asker)
    chosen = (
        places[0]
        if len(places) == 1
        else next((place for place in places if str(place.urn) == request.session.get(ACTING_FOR)), None)
    )
    return render(request, "schools_online/home.html", {"places": places, "chosen": chosen})


@require_POST
def act_for(request: PortalRequest) -> HttpResponse:
    """Remember the choice. It opens nothing: every page asks the door anew."""
    request.session[ACTING_FOR] = request.POST.get("urn", "")[:7]
    return redirect("home")


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
