"""What a head and a successor do in the browser, on Schools Online."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from access_register.headships import handovers as door
from access_register.headships.forms import ConfirmForm, SureForm
from access_register.register.reading import show_taken_over
from access_register.register.register import CannotChange
from sharing.pages.answers import form_page, refusals_on
from sharing.requests import PortalRequest


def offer(request: PortalRequest, handover_id: int) -> HttpResponse:
    """The successor reads the offer, and accepts or declines it."""
    try:
        page = door.show_offer(request.asker, handover_id)
    except CannotChange as over:
        messages.info(request, over.message)
        return redirect("my_access")
    declines = "decline" in request.POST
    form = SureForm(None if declines else request.POST or None, label="I accept the headship and its duties.")
    if request.method == "POST" and page.offer.is_accepted and not declines:  # sent twice
        messages.success(request, "You have accepted.")
        return redirect("headship_offer", handover_id)
    if request.method == "POST" and (declines or form.is_valid()):
        try:
            if declines:
                door.cancel_handover(request.asker, handover_id, because="The successor declined.")
            else:
                door.accept_headship(request.asker, handover_id)
        except CannotChange as refused:
            messages.error(request, refused.message)
            return redirect("headship_offer", handover_id)
        messages.success(request, "You have declined." if declines else "You have accepted.")
        return redirect("home" if declines else "headship_offer", *([] if declines else [handover_id]))
    return form_page(request, "headship/offer.html", form, found=page)


def confirm_register(request: PortalRequest, urn: int) -> HttpResponse:
    """The head looks through the lines that they took over."""
    form = ConfirmForm(
        request.POST or None, label="I have looked through every line. They are right, or I will change them."
    )
    if form.is_valid():
        with refusals_on(form):
            door.confirm_register(request.asker, urn, version=form.cleaned_data["version"])
            messages.success(request, "Thank you. The register is confirmed.")
            return redirect("register", urn)
    found = show_taken_over(request.asker, urn)
    form.initial["version"] = found.version
    return form_page(request, "headship/confirm.html", form, found=found)
