"""Who may see a record, on both sites."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render

from access_register.may_see import may_see as door
from sharing.requests import PortalRequest


def who_may_see(request: PortalRequest, urn: int, pupil_id: UUID) -> HttpResponse:
    return render(request, "may_see/page.html", {"found": door.show_who_may_see(request.asker, urn, pupil_id)})
