"""Middleware: which methods are allowed, which site a request is for, whose session it carries, who asks, and whether a
replica may answer."""

import logging
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.contrib.sessions.exceptions import SessionInterrupted
from django.contrib.sessions.middleware import SessionMiddleware
from django.db import Error
from django.db.models import BigIntegerField
from django.http import Http404, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.http.request import split_domain_port
from django.shortcuts import render
from django.urls import set_urlconf
from django.utils.cache import add_never_cache_headers, patch_vary_headers

from access_register.sign_in.second_factors import confirmed_lately, second_factor_given
from access_register.sign_in.sessions import has_lasted_too_long
from portal.sites import site_of_host
from sharing.authorise import Asker, Through
from sharing.ledger import ledger
from sharing.requests import ACTING_FOR, PURPOSE, GetResponse, PortalRequest, ViewMiddleware, page_of_the_form
from sharing.service import replicas

log = logging.getLogger(__name__)
SITE_IN_SESSION = "site"
METHODS = ("GET", "HEAD", "POST")  # pages are read, and forms are sent


def known_methods_only(get_response: GetResponse) -> GetResponse:
    """Refuse any other method before anything looks at the request, because no page is written for one."""

    def middleware(request: PortalRequest) -> HttpResponse:
        return get_response(request) if request.method in METHODS else HttpResponseNotAllowed(METHODS)

    return middleware


def which_site(get_response: GetResponse) -> GetResponse:
    """Host name -> site -> URL map. A host that is neither site gets the demonstration's front door, or nothing."""

    def middleware(request: PortalRequest) -> HttpResponse:
        host, _ = split_domain_port(request.get_host())
        request.site = site_of_host(host.rstrip("."))
        if request.site:
            request.urlconf = request.site.urlconf
            set_urlconf(request.urlconf)
        return get_response(request)

    return middleware


class SiteSessionMiddleware(SessionMiddleware):
    """Gives each site its own cookie. A session is worth nothing at the other site (R38), and ends in time (R13).

    Django knows only one cookie name. The site's cookie takes that name on the way in and gives it back on the way out.
    """

    def process_request(self, request: Any) -> None:
        name = request.site.session_cookie if request.site else None
        request.COOKIES.pop(settings.SESSION_COOKIE_NAME, None)
        if name and name in request.COOKIES:
            request.COOKIES[settings.SESSION_COOKIE_NAME] = request.COOKIES[name]
        super().process_request(request)
        if request.site and request.session.get(SITE_IN_SESSION, request.site.slug) != request.site.slug:
            request.session = self.SessionStore()
        if has_lasted_too_long(request.session):
            request.session.flush()

    def process_response(self, request: Any, response: HttpResponse) -> HttpResponse:
        site = request.site
        if site and not request.session.is_empty() and SITE_IN_SESSION not in request.session:
            request.session[SITE_IN_SESSION] = site.slug
        try:
            response = super().process_response(request, response)
        except (SessionInterrupted, Error):  # signed out meanwhile, or the database failed: what is done stays
            log.warning("a page's notes for the next one were lost: its session could not be stored")
            patch_vary_headers(response, ("Cookie",))
        morsel = response.cookies.pop(settings.SESSION_COOKIE_NAME, None)
        if morsel is not None and site:
            morsel.set(site.session_cookie, morsel.value, morsel.coded_value)
            morsel["secure"] = settings.SESSION_COOKIE_SECURE  # also when it is deleted, or browsers keep it
            response.cookies[site.session_cookie] = morsel
        return response


class SignInFirst(LoginRequiredMiddleware):
    """As Django's. If a session ended before a form was sent, signing in leads back to the form's page (WCAG 2.2.1)."""

    def handle_no_permission(self, request: Any, view: Any) -> HttpResponseRedirect:
        page = page_of_the_form(request)
        if page is None:
            return super().handle_no_permission(request, view)
        back = page._replace(scheme="", netloc="", fragment="").geturl()
        return redirect_to_login(back, self.get_login_url(view), self.get_redirect_field_name(view))


def who_asks(get_response: GetResponse) -> GetResponse:
    """Set `request.asker` for the door. Browsers and proxies store nothing that a signed-in person is shown (R13)."""

    def middleware(request: PortalRequest) -> HttpResponse:
        if request.site is None or not request.user.is_authenticated:
            return get_response(request)
        request.asker = Asker(
            request.user.pk,
            request.user.name,
            Through(request.site.slug),
            acting_for=request.session.get(ACTING_FOR, ""),
            purpose=request.session.get(PURPOSE, ""),
            second_factor=second_factor_given(request),
            confirmed_lately=confirmed_lately(request),
            runs_the_service=request.user.is_superuser,
        )
        response = get_response(request)
        add_never_cache_headers(response)
        return response

    return middleware


def forms_alone(get_response: GetResponse) -> GetResponse:
    """Say in words that an address takes a form alone: a browser asks for it again from its history (R30)."""

    def middleware(request: PortalRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED and request.method == "GET":
            allowed = response["Allow"]
            response = render(request, "405.html", status=response.status_code)
            response["Allow"] = allowed
        return response

    return middleware


class NumbersOfRows(ViewMiddleware):
    """Answers 404 for a number in an address that is larger than any row's, without asking PostgreSQL."""

    def process_view(self, request: PortalRequest, view: Any, args: Any, kwargs: dict[str, Any]) -> None:
        if any(isinstance(number, int) and number > BigIntegerField.MAX_BIGINT for number in kwargs.values()):
            raise Http404


class ReadFromReplicas:
    """Lets pages that only read be read from a replica (P16). If that fails, they are read again from the primary.

    This is the innermost middleware, so that what comes before the page (sessions, gates) asks the primary.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: PortalRequest) -> HttpResponse:
        with ledger.noted() as rows, replicas.only_reads(request.method in {"GET", "HEAD"}):
            response = self.get_response(request)
        if not isinstance(response, NotFromAReplica):
            return response
        with ledger.read_again(rows):
            return self.get_response(request)

    def process_exception(self, request: PortalRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, replicas.ReplicaFailed):
            replicas.the_rest_from_the_primary()
            return None
        log.warning("read again from the primary: %s", request.resolver_match and request.resolver_match.view_name)
        return NotFromAReplica()


class NotFromAReplica(HttpResponse):
    """Stands in for a page until it is read again. It is sent to nobody."""

    status_code = 503
