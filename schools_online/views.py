"""The pages of Schools Online. Each asks the door and shows its answer."""

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from sharing import door
from sharing.guidance import new_from_the_council
from sharing.ordering import ContextKey
from sharing.pages.ordering import several_establishments
from sharing.requests import ACTING_FOR, PortalRequest


@several_establishments(ContextKey.NAME)
def home(request: PortalRequest) -> HttpResponse:
    """The establishment that the person acts for. With several, they first choose one (A18)."""
    places = door.my_places(request.asker)
    chosen = (
        places[0]
        if len(places) == 1
        else next((place for place in places if str(place.urn) == request.session.get(ACTING_FOR)), None)
    )
    told = {"places": places, "chosen": chosen, "new_advice": new_from_the_council() if chosen else []}
    return render(request, "schools_online/home.html", told)


@require_POST
def act_for(request: PortalRequest) -> HttpResponse:
    """Remember the choice. It opens nothing: every page asks the door again."""
    typed = request.POST.get("urn", "")
    request.session[ACTING_FOR] = typed[:7] if typed.isascii() and typed.isdecimal() else ""
    return redirect("home")


class OwnListForm(forms.Form):
    """The class or the year group of a list, as the list gives it."""

    year_group = forms.CharField(required=False, max_length=2)
    class_name = forms.CharField(required=False, max_length=20)


@require_POST
def own_list(request: PortalRequest, urn: int) -> HttpResponse:
    """Keep the list's class or year group for the person's home page, or stop keeping one; then go back to the list."""
    form = OwnListForm(request.POST)
    if not form.is_valid():
        raise Http404
    is_kept = door.keep_own_list(request.asker, urn, **form.cleaned_data)
    messages.success(
        request, "The list is now on your home page." if is_kept else "The list is no longer on your home page."
    )
    return redirect(f"{reverse('pupils', args=[urn])}?{request.GET.urlencode()}")
