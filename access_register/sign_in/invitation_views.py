"""Invitations in the browser: the page behind the link, and sending one again."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_POST

from access_register.models import Person
from access_register.register.rules import CannotChange
from access_register.sign_in import invitations as door
from access_register.sign_in.invitation_forms import AcceptForm, ChoosePasswordForm
from sharing.requests import PortalRequest


@login_not_required
def invitation(request: PortalRequest, token: str) -> HttpResponse:
    """Who invites, and to what. Somebody new chooses a password; a person with an account signs in and accepts."""
    invited = door.look_at(token)
    if invited is None or not invited.is_open:
        return _page(request, "invitation/closed.html", {"invited": invited}, status=410 if invited else 404)
    asker = getattr(request, "asker", None)
    if invited.has_account and (asker is None or asker.person_id != invited.person_id):
        return _page(request, "invitation/sign_in_first.html", {"invited": invited, "next": request.path})
    kind = AcceptForm if invited.has_account else ChoosePasswordForm
    form = kind(request.POST if request.method == "POST" else None, invited=invited)
    if form.is_valid():
        password = form.cleaned_data.get("password", "")
        person = door.accept(token, password=password, asker=asker if invited.has_account else None)
        return after_accepting(request, person) if person else redirect("invitation", token)
    status = 422 if form.errors else 200
    return _page(request, "invitation/open.html", {"invited": invited, "form": form}, status=status)


def after_accepting(request: PortalRequest, person: Person) -> HttpResponse:
    """Sign the person in and lead them to their own page. Anything else that signing in requires comes before it."""
    if request.user != person:
        login(request, person, backend=settings.AUTHENTICATION_BACKENDS[-1])
    messages.success(request, "You have accepted. Welcome.")
    return redirect("second_factor")


@require_POST
def send_again(request: PortalRequest, urn: int, line_id: int) -> HttpResponse:
    try:
        name, went_out = door.send_again(request.asker, urn, line_id)
    except CannotChange as refused:
        messages.info(request, refused.message)
    else:
        tell_about_the_letter(request, name, went_out)
    return redirect("register", urn)


def tell_about_the_letter(request: PortalRequest, name: str, went_out: bool) -> None:
    if went_out:
        messages.success(request, f"We have sent {name} an email. If its address is wrong, withdraw the access.")
    else:
        messages.error(request, f"The email to {name} could not be sent. Send the invitation again later.")


def _page(request: PortalRequest, template: str, about: dict[str, object], status: int = 200) -> HttpResponse:
    response = render(request, template, about, status=status)
    add_never_cache_headers(response)
    return response
