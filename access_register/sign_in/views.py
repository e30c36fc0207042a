"""How a person signs in: their own page, choosing a password, setting up a second factor, signing out everywhere."""

import logging
from collections.abc import Callable
from typing import Any, cast

from allauth.account.internal.stagekit import clear_login
from allauth.account.signals import password_reset
from allauth.account.views import PasswordChangeView, PasswordResetFromKeyView
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.views import activate_totp
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers.openid_connect import views as openid
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import IntegrityError, transaction
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST
from django.views.generic import View
from requests import RequestException

from access_register.models import Person
from access_register.protocol.gate import protocol_not_required
from access_register.sign_in import sessions
from access_register.sign_in.proof import AFTERWARDS
from access_register.sign_in.second_factors import has_second_factor
from sharing.requests import PortalRequest

log = logging.getLogger(__name__)
RESET_BY_LINK = "reset_by_link"  # session key: the person whose password was chosen in this browser


class _Whole:
    """What the page does with its form, in one transaction."""

    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            answer: HttpResponse = super().form_valid(form)  # type: ignore[misc]
        return answer


def all_or_nothing(page: type[View]) -> Callable[..., HttpResponseBase]:
    """A page of allauth's that changes how somebody signs in, then ends sessions, and writes the email about it last:
    where one of these fails, all are taken back. Otherwise a thief's change could be one that nobody is told of.
    """
    whole = cast(type[View], type(page.__name__, (_Whole, page), {}))
    return protocol_not_required(whole.as_view())


password_change = all_or_nothing(PasswordChangeView)
password_reset_from_key = all_or_nothing(PasswordResetFromKeyView)


@protocol_not_required
def my_sign_in(request: PortalRequest) -> HttpResponse:
    """Password, second factors, linked providers, and where the person is signed in at this site."""
    person = cast(Person, request.user)
    factors = list(Authenticator.objects.filter(user_id=person.pk))
    kinds = [factor.type for factor in factors]
    codes = next((factor.wrap() for factor in factors if factor.type == Authenticator.Type.RECOVERY_CODES), None)
    linked = set(SocialAccount.objects.filter(user_id=person.pk).values_list("provider", flat=True))
    return render(
        request,
        "account/my_sign_in.html",
        {
            "has_password": person.has_usable_password(),
            "has_app": Authenticator.Type.TOTP in kinds,
            "passkeys": kinds.count(Authenticator.Type.WEBAUTHN),
            "has_recovery_codes": codes is not None,
            "codes_left": len(codes.get_unused_codes()) if codes else 0,
            "providers": [provider.name for provider in settings.OIDC_PROVIDERS if provider.id in linked],
            "sessions": sessions.my_sessions(request),
        },
    )


@protocol_not_required
def change_password(request: PortalRequest) -> HttpResponseBase:
    """allauth's page. Somebody who only signs in through a provider has no password, and is told so."""
    if not cast(Person, request.user).has_usable_password():
        messages.info(request, "You sign in here without a password, so there is none to change.")
        return redirect("mfa_index")
    return password_change(request)


@login_not_required
def choose_password(request: PortalRequest, **link: str) -> HttpResponseBase:
    """allauth's page behind the link. On a double click, the second request finds it used, but is led on as well."""
    response = password_reset_from_key(request, **link)
    if "token_fail" in (getattr(response, "context_data", None) or {}) and _is_chosen_already(request):
        return redirect("account_reset_password_from_key_done")
    return response


def _is_chosen_already(request: PortalRequest) -> bool:
    """Whether this password has just been chosen. One wrong answer ends the asking, so nobody can try out passwords."""
    person = Person.objects.filter(pk=request.session.get(RESET_BY_LINK, 0)).first()
    is_chosen = person is not None and person.check_password(request.POST.get("password1", ""))
    if not is_chosen:
        request.session.pop(RESET_BY_LINK, None)
    return is_chosen


@receiver(password_reset)
def remember_who_chose(request: HttpRequest, user: Person, **kwargs: object) -> None:
    """Save this together with the password: the second click may come before the first is answered. A sign-in that was
    begun with the old password begins anew."""
    clear_login(request)
    request.session[RESET_BY_LINK] = user.pk
    request.session.save()


@protocol_not_required
def set_up_app(request: PortalRequest) -> HttpResponseBase:
    """allauth's page. On a double click, the second request finds the app set up and is led on as the first is."""
    try:
        return activate_totp(request)
    except IntegrityError:
        return redirect("mfa_view_recovery_codes")


@protocol_not_required
def second_factor(request: PortalRequest) -> HttpResponse:
    """Where a person without a second factor is sent, and from where they go on once they have one (R13)."""
    if has_second_factor(request.user):
        return redirect(request.session.pop(AFTERWARDS, "home"))
    return render(request, "account/second_factor.html")


@protocol_not_required
@require_POST
def sign_out_everywhere(request: PortalRequest) -> HttpResponse:
    sessions.sign_out_everywhere(request)
    messages.success(request, f"You have signed out of {request.site.name} everywhere.")
    return redirect("account_login")


@protocol_not_required
@require_POST
def stay_signed_in(request: PortalRequest) -> HttpResponse:
    """An empty request, which keeps a session from ending (WCAG 2.2.1). The session's absolute limit does not move."""
    return HttpResponse(status=204)


@login_not_required
def to_provider(request: PortalRequest, provider_id: str) -> HttpResponse:
    """Lead the person to a provider of single sign-on."""
    return _unless_it_is_out_of_reach(openid.login, request, provider_id)


@login_not_required
def back_from_provider(request: PortalRequest, provider_id: str) -> HttpResponse:
    return _unless_it_is_out_of_reach(openid.callback, request, provider_id)


def _unless_it_is_out_of_reach(
    view: Callable[..., HttpResponse], request: PortalRequest, provider_id: str
) -> HttpResponse:
    """The view, or an error page if the provider is out of reach, or answers with anything but OpenID Connect."""
    try:
        return view(request, provider_id)
    except (RequestException, LookupError, TypeError, ValueError, AttributeError):
        log.exception("single sign-on by %s failed", provider_id)
        return render(request, "socialaccount/authentication_error.html", status=503)
