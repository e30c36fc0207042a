"""Pages that are the same on every site: guidance, the demonstration's sign-in, and the front door."""

from http import HTTPStatus
from typing import Final
from uuid import uuid4

from django.conf import settings
from django.contrib.auth import get_user_model, login
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from access_register.demo.cast import people_of
from access_register.protocol.views import way_back
from access_register.reviews import terms
from access_register.sign_in.second_factors import ONE_CLICK
from portal.sites import SITES
from sharing.guidance import BY_SLUG, GUIDES, advice_at, from_the_council
from sharing.requests import PortalRequest
from sharing.retention.schedules import SCHEDULES

A_MOMENT: Final = 10  # seconds


@login_not_required
def guidance(request: PortalRequest) -> HttpResponse:
    return render(request, "guidance/index.html", {"about": GUIDES, "from_the_council": from_the_council()})


@login_not_required
def guide(request: PortalRequest, slug: str) -> HttpResponse:
    if slug not in BY_SLUG:
        return advice(request, slug)
    told = {
        "page": BY_SLUG[slug],
        "schedules": SCHEDULES,
        "review_ends": terms.review_ends(timezone.localdate()),
        "reminders": terms.reminders(),
        "undo_days": settings.UNDO_DAYS,
    }
    return render(request, f"guidance/pages/{slug}.html", told)


def advice(request: PortalRequest, slug: str) -> HttpResponse:
    """A page of advice from the Council, for anybody, in the portal's frame."""
    page = advice_at(slug)
    if page is None:
        raise Http404
    return render(request, "guidance/advice.html", {"page": page})


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def demo_sign_in(request: PortalRequest) -> HttpResponse:
    """The cast of the demonstration, one button each. Outside the demonstration there is no such page."""
    if not settings.DEMO:
        raise Http404
    groups = people_of(request.site.slug)
    if request.method != "POST":
        return render(request, "demo/sign_in.html", {"cast": groups})
    email = next((p.email for group in groups for p in group.people if p.slug == request.POST.get("person")), None)
    person = get_user_model().objects.filter(email=email, is_active=True).first()
    if person is None:
        return render(request, "demo/sign_in.html", {"cast": groups, "unknown": True}, status=400)
    login(request, person, backend=settings.AUTHENTICATION_BACKENDS[-1])
    request.session[ONE_CLICK] = True
    return redirect(way_back(request))


@login_not_required
def front_door(request: PortalRequest) -> HttpResponse:
    """At the bare address of the demonstration: the way to the two sites. Raises Http404 elsewhere."""
    if not settings.DEMO:
        raise Http404
    port = request.get_port()
    sites = [{"name": site.name, "strapline": site.strapline, "url": f"http://{site.host}:{port}/"} for site in SITES]
    return render(request, "demo/front_door.html", {"sites": sites})


def too_many_tries(request: HttpRequest) -> HttpResponse:
    """Say that there were too many tries, or that nothing can be stored. allauth counts tries in the cache, which is a
    table. If nothing can be counted, as on a full disk, it takes every try for one too many, which is not the person's
    fault."""
    mark = f"too_many_tries:{uuid4()}"
    if cache.add(mark, True, timeout=A_MOMENT):
        cache.delete(mark)
        return render(request, "429.html", status=HTTPStatus.TOO_MANY_REQUESTS)
    return render(request, "cannot_store.html", status=HTTPStatus.SERVICE_UNAVAILABLE)
