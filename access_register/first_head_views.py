"""The first head of an establishment, in the information manager's browser on EduNet (A7)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from access_register import first_heads as door
from access_register.headship_forms import FirstHeadForm
from access_register.rules import CannotChange
from sharing.ordering import ContextKey
from sharing.pages.answers import form_page
from sharing.pages.ordering import several_establishments
from sharing.requests import PortalRequest


@several_establishments(ContextKey.NAME)
def without_head(request: PortalRequest) -> HttpResponse:
    return render(request, "community/without_head.html", {"found": door.list_without_head(request.asker)})


def first_head(request: PortalRequest, urn: int) -> HttpResponse:
    form = FirstHeadForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            name = door.record_first_head(request.asker, urn, **form.cleaned_data)
        except CannotChange as refused:
            form.add_error(refused.field, refused.message)
        else:
            messages.success(request, f"{name} is recorded as the first head. The letter to them is on its way.")
            return redirect("without_head")
    return form_page(request, "community/first_head.html", form, found=door.show_first_head(request.asker, urn))
