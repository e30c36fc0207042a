"""Signing in through DfE Sign-in, Microsoft Entra or Google (OpenID Connect), for people who have an account here.

Nobody gets an account this way. The first time, a known person's account is linked by its email address, and only if
the provider is marked as trusted and vouches for the address.
"""

import logging
from typing import Any

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import render

from access_register.models import Person
from access_register.sign_in.recorded import record

log = logging.getLogger(__name__)


class KnownPeopleOnly(DefaultSocialAccountAdapter):
    """Providers come only from the settings, and let in only people whom the register knows."""

    def list_apps(self, request: Any, provider: str | None = None, client_id: str | None = None) -> list[SocialApp]:
        """The providers of this site. None are kept in the database, where the web application could change them."""
        site = getattr(getattr(request, "site", None), "slug", None)
        found = [
            SocialApp(
                provider="openid_connect",
                provider_id=configured.id,
                name=configured.name,
                client_id=configured.client_id,
                secret=configured.secret,
                settings={"server_url": configured.issuer, "oauth_pkce_enabled": True},
            )
            for configured in settings.OIDC_PROVIDERS
            if site in configured.sites
        ]
        return [
            app
            for app in found
            if provider in (None, app.provider, app.provider_id) and client_id in (None, app.client_id)
        ]

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, error: Any = None, exception: Any = None, extra_context: Any = None
    ) -> None:
        """Log the failure for those who run the service, since nobody else is told that a secret has expired. Only the
        kind of error is logged: its words may contain what the provider says about somebody."""
        if exception is not None:
            why = type(exception.__cause__ or exception).__name__
            log.error("single sign-on by %s failed: %s", provider.app.provider_id, why)

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Find the account. Whatever else the provider says about the person is not kept."""
        sociallogin.state["process"] = "login"
        account = sociallogin.account
        vouched_for = _address_vouched_for(account)
        account.extra_data = {}
        if sociallogin.is_existing:
            account.save(update_fields=["extra_data"])
        elif person := _known_by(vouched_for):
            account.user = sociallogin.user = person
            with transaction.atomic():
                account.save()
                record(request, person, action="link_provider", provider=account.provider)
                get_account_adapter().send_notification_mail(
                    "socialaccount/email/account_connected", person, {"provider_name": _configured(account).name}
                )
        else:
            raise ImmediateHttpResponse(render(request, "socialaccount/unknown.html", status=403))


def _known_by(address: str) -> Person | None:
    return Person.objects.of_address(address).filter(is_active=True).first() if address else None


def _configured(account: SocialAccount) -> Any:
    return next(provider for provider in settings.OIDC_PROVIDERS if provider.id == account.provider)


def _address_vouched_for(account: SocialAccount) -> str:
    """The address by which an account may be linked, or an empty string.

    The provider says that it is verified, or it is in a domain that the settings give as the provider's own.
    """
    claims = account.extra_data.get("userinfo") or account.extra_data.get("id_token") or {}
    address = str(claims.get("email") or "").strip()
    provider = _configured(account)
    domain = address.rpartition("@")[2].lower()
    vouched = claims.get("email_verified") is True or domain in provider.email_domains
    return address if provider.trusted and vouched else ""
