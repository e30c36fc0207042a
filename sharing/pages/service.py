"""Pages about the service itself: what is running, whether it is well, and that both sites say the same."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import Error
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from sharing import door
from sharing.records.operations import How
from sharing.requests import PortalRequest
from sharing.service.health import how_is_the_service
from sharing.service.network import address_of, is_within, networks
from sharing.service.service_runs import last_comparison


def operations(request: PortalRequest) -> HttpResponse:
    return render(request, "service/operations.html", {"found": door.show_operations(request.asker)})


@login_not_required
def same_data(request: PortalRequest) -> HttpResponse:
    """The last comparison of both sites: it names no establishment and no person, so anyone may read it (R37)."""
    return render(request, "service/same_data.html", {"run": last_comparison()})


@login_not_required
def health(request: HttpRequest) -> HttpResponse:
    """For monitoring on this machine or on a proxy, and for nobody behind one: 200 or 503, without the reason.

    Replicas are left out: losing one does no harm, as pages are then read elsewhere.
    """
    if not _is_near(request):
        raise Http404
    try:
        is_wrong = how_is_the_service(looks_at_replicas=False).how == How.WRONG
    except Error:
        is_wrong = True
    answer = HttpResponse("Look at the operations page." if is_wrong else "Well.", status=503 if is_wrong else 200)
    answer.headers["Content-Type"], answer.headers["Cache-Control"] = "text/plain; charset=utf-8", "no-store"
    return answer


def _is_near(request: HttpRequest) -> bool:
    """Whether loopback or a trusted proxy asks for itself: requests passed on by a proxy have a forwarding header."""
    address = address_of(request.META.get("REMOTE_ADDR", ""))
    if address is None or "HTTP_X_FORWARDED_FOR" in request.META:
        return False
    return address.is_loopback or is_within(address, networks(settings.TRUSTED_PROXIES))
