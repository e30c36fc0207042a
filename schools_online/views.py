"""The pages of Schools Online. Each asks the door and shows what it answers."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from sharing import door
from sharing.ordering import ContextKey
from sharing.pages.ordering import several_establishments
from sharing.requests import (
    ACTING_FOR,
    PortalRequest,
)


@several_establishments(ContextKey.NAME)
def home(request: PortalRequest) -> HttpResponse:
    """The establishment one acts for; with several, first the choice of one (A18)."""
    places = door.my_places(request.asker)
    chosen = (
        places[0]
        if len(places) == 1
        else next((place for place in places if str(place.urn) == request.session.get(ACTING_FOR)), None)
    )
    return render(request, "schools_online/home.html", {"places": places, "chosen": chosen})


@require_POST
def act_for(request: PortalRequest) -> HttpResponse:
    """Remember the choice. It opens nothing: every page asks the door anew."""
    typed = request.POST.get("urn", "")
    request.session[ACTING_FOR] = typed[:7] if typed.isascii() and typed.isdecimal() else ""
    return redirect("home")
