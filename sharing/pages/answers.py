"""How pages respond, on both sites: with a form, after its step, with a file, with the part that refreshes itself."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.http import content_disposition_header

from sharing.cannot import CannotDo, ChangedMeanwhile
from sharing.requests import PortalRequest
from sharing.service import service_runs


def form_page(request: PortalRequest, template: str, form: forms.Form, **shown: Any) -> HttpResponse:
    """A page with a form on it; status 422 where what was sent cannot be accepted, and the form says why."""
    return render(request, template, {"form": form, **shown}, status=422 if form.errors else 200)


def is_done(request: PortalRequest, form: forms.Form, do: Callable[..., object], said: str) -> bool:
    """Whether the form was sent and its step taken with what was typed; then the next page says `said`."""
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            do(**form.cleaned_data)
            messages.success(request, said)
            return True
    return False


@contextmanager
def refusals_on(form: forms.Form) -> Iterator[None]:
    """Take a form's step inside this: whatever prevents it becomes an error on its field, or of the form as a whole.

    If somebody else changed it meanwhile, what was typed stays in the form, and is accepted the next time.
    """
    try:
        yield
    except ChangedMeanwhile as meanwhile:
        form.add_error(None, meanwhile.message)
        typed = cast(QueryDict, form.data).copy()
        typed["version"] = str(meanwhile.version)
        form.data = typed
    except CannotDo as refused:
        for field, message in refused.told:
            form.add_error(field if field in form.fields else None, message)


@contextmanager
def refusals_said(request: PortalRequest) -> Iterator[None]:
    """Take a button's step inside this: whatever prevents it is said on the next page."""
    try:
        yield
    except CannotDo as refused:
        messages.error(request, refused.message)


def file_to_keep(name: str, content: bytes | str, content_type: str) -> HttpResponse:
    """A download, whatever the file is: no browser shows or runs it at the portal's address."""
    headers = {"Content-Disposition": content_disposition_header(True, name)}
    return HttpResponse(content, content_type=content_type, headers=headers)


def moving_part(request: PortalRequest, template: str, *, is_moving: bool, **shown: Any) -> HttpResponse:
    """The part of a page that changes, for the script that fetches it again and again.

    The script is portal/assets/js/progress.js.
    """
    response = render(request, template, shown | waiting_for_the_worker(is_moving=is_moving))
    response["X-Is-Moving"] = "yes" if is_moving else "no"
    return response


def waiting_for_the_worker(*, is_moving: bool) -> dict[str, bool]:
    """The context of components/worker_is_silent.html, for a page that waits for the worker."""
    return {"worker_is_silent": is_moving and service_runs.worker_is_silent()}
