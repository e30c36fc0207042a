"""The pages of EduNet. Each asks the door, the same one as Schools Online (R40), and shows what it answers."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render

from sharing import door
from sharing.requests import PortalRequest, page_number, pupil_filter, typed_kind, typed_name


def home(request: PortalRequest) -> HttpResponse:
    """Where an officer's duties open pupil or staff information, and the way to the establishments."""
    places = door.my_places(request.asker)
    under_duty = [place for place in places if place.can_view_pupils or place.can_view_staff]
    runs_releases = any(place.can_keep_records for place in places)
    return render(
        request,
        "edunet/home.html",
        {"establishments": len(places), "under_duty": under_duty, "runs_releases": runs_releases},
    )


def establishments(request: PortalRequest) -> HttpResponse:
    named, kind = typed_name(request), typed_kind(request)
    found = door.list_establishments(request.asker, named=named, kind=kind, number=page_number(request))
    return render(request, "establishments/list.html", {"found": found, "named": named, "kind": kind})


def establishment(request: PortalRequest, urn: int) -> HttpResponse:
    return render(request, "establishments/page.html", {"found": door.show_establishment(request.asker, urn)})


def pupils(request: PortalRequest, urn: int) -> HttpResponse:
    only = pupil_filter(request)
    found = door.list_pupils(request.asker, urn, only=only, number=page_number(request))
    return render(request, "pupils/list.html", {"found": found, "only": only})


def pupil(request: PortalRequest, urn: int, pupil_id: UUID) -> HttpResponse:
    return render(request, "pupils/page.html", {"found": door.show_pupil(request.asker, urn, pupil_id)})


def staff(request: PortalRequest, urn: int) -> HttpResponse:
    found = door.list_staff(request.asker, urn, number=page_number(request))
    return render(request, "staff/list.html", {"found": found})
