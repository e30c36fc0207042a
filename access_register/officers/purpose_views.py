"""Choosing a purpose to work for, at the start of a session on EduNet and at any time in it."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect

from access_register.officers import session_purpose as door
from access_register.officers.records import PurposePage
from access_register.protocol.views import go_on
from sharing.pages.answers import form_page
from sharing.requests import PURPOSE, PortalRequest


class PurposeForm(forms.Form):
    """One purpose, and accepting the values. `version` is the text whose values are shown."""

    version = forms.IntegerField(max_value=2**31, widget=forms.HiddenInput)
    purpose = forms.ChoiceField(
        label="What will you use the data for?",
        widget=forms.RadioSelect,
        help_text="The school can read this, beside every page you open, where it sees who has seen its data.",
        error_messages={"required": "Choose what you will use the data for."},
    )
    accept = forms.BooleanField(
        label="I will use what I see only for this purpose, and I will keep to these values.",
        error_messages={"required": "Tick the box to accept the values. Without it we cannot show you any data."},
    )

    def __init__(self, typed: QueryDict | None, found: PurposePage) -> None:
        super().__init__(typed, initial={"version": found.text.id if found.text else None})
        self.fields["purpose"].choices = found.choices  # type: ignore[attr-defined]


def session_purpose(request: PortalRequest) -> HttpResponse:
    found = door.show_purposes(request.asker)
    form = PurposeForm(request.POST or None, found)
    if form.is_valid():
        purpose, version = form.cleaned_data["purpose"], form.cleaned_data["version"]
        try:
            request.session[PURPOSE] = door.choose_purpose(request.asker, purpose=purpose, version_id=version)
        except door.NotTheTextInForce:
            messages.error(request, "The protocol has changed in the meantime. Read the new values and accept them.")
            return redirect(request.get_full_path())
        return go_on(request)
    return form_page(request, "protocol/purpose.html", form, found=found)
