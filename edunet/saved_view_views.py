"""Views of a list that an officer keeps, in the browser."""

from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from edunet.forms import SaveViewForm
from sharing import door
from sharing.pages.answers import form_page, is_done
from sharing.requests import PortalRequest


def save_view(request: PortalRequest, page: str) -> HttpResponse:
    """Keep a view. The filters are in the address, as on the list itself; only those of the closed set are kept."""
    typed = request.GET.dict()
    found, form = door.show_saving(request.asker, page, typed), SaveViewForm(request.POST or None)
    if is_done(request, form, partial(door.save_view, request.asker, page, typed), "The view is on your home page."):
        return redirect("home")
    return form_page(request, "edunet/save_view.html", form, found=found)


@require_POST
def forget_view(request: PortalRequest, view_id: int) -> HttpResponse:
    door.forget_view(request.asker, view_id)
    messages.success(request, "The view is removed.")
    return redirect("home")
