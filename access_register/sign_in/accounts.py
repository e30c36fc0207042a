"""How people sign in: by invitation only, by email, and locked out one by one."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as allauth_context
from allauth.core.exceptions import ImmediateHttpResponse
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.crypto import constant_time_compare

from access_register.models import Person
from access_register.notices import outbox
from access_register.sign_in.second_factors import confirmed_lately
from sharing.service.network import axes_client_address

BEGUN = "sign_in_begun"  # which password was in force when the sign-in began, as a digest


class ClosedSignUp(DefaultAccountAdapter):
    """Nobody can sign up: a head or the Education Department adds people."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "The email address or the password is wrong. Check both and try again.",
        "enter_current_password": "Enter the password you have now.",
        "incorrect_password": "That is not the password you have now.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """The person's own address, not the proxy's; otherwise everybody would share one count of tries."""
        return axes_client_address(request) or super().get_client_ip(request)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Do not ask somebody who signed in within the last minutes for the same proof again (R13)."""
        return not confirmed_lately(self.request)

    def pre_login(self, request: HttpRequest, user: Person, **kwargs: Any) -> HttpResponse | None:
        request.session[BEGUN] = user.get_session_auth_hash()
        return super().pre_login(request, user, **kwargs)

    def login(self, request: HttpRequest, user: Person) -> None:
        """Sign in, unless the password has been changed since it was given: a code given later is for the old one."""
        begun = request.session.pop(BEGUN, "")
        if not constant_time_compare(begun, user.get_session_auth_hash()):
            messages.info(request, "Your password has been changed in the meantime. Sign in with the new one.")
            raise ImmediateHttpResponse(redirect("account_login"))
        super().login(request, user)

    def set_password(self, user: Person, password: str) -> None:
        """Save only the password: the web application may change nothing else in an account."""
        user.set_password(password)
        user.save(update_fields=["password"])

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Put the email into the outbox (docs/adr/0034), so that if the mail server is down people can still sign in,
        and are still told that their password was changed."""
        facts = {"request": allauth_context.request, "email": email} | context
        outbox.put([self.render_mail(template_prefix, email, facts)])


def somebody(*who: Any) -> str:
    """For the log, which says that a try was bad but never whose: people sometimes type a password as the address."""
    return "somebody"
