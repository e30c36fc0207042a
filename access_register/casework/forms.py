"""What an information manager types about casework and legal overrides."""

from typing import Any

from django import forms
from django.utils import timezone

from access_register.casework.casework import NewCasework
from access_register.casework.orders import NewOrder
from access_register.models import Order
from access_register.officers.forms import A_YEAR, function_field
from sharing.authorise import Through, Withheld
from sharing.pages.form_fields import AS_AN_ADDRESS, AddressField, TextArea, day_field, only_if
from sharing.pages.glass_forms import WHO, ExactlyForm

NOT_THE_HEAD = "The head must not learn of it, because that would put the child at risk"


def leaves_out() -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label="Pupil information to leave out",
        choices=Withheld.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Anything the work does not need.",
    )


class CaseworkForm(forms.Form):
    """A duty for children who are named individually."""

    function = function_field()
    reason = forms.CharField(
        label="What is the work?",
        max_length=300,
        help_text="Heads can read this. Do not name a child. For example: education of children in care.",
        error_messages={"required": "Say what the work is."},
    )
    withheld = leaves_out()
    starts_on = day_field("First day", initial=timezone.localdate)
    ends_on = day_field("Last day", help_text=A_YEAR)

    def duty(self) -> NewCasework:
        return NewCasework(**self.cleaned_data)


class NameChildForm(ExactlyForm):
    """A child to be named for casework, exactly."""

    head_barred = forms.BooleanField(label=NOT_THE_HEAD, required=False)

    def named(self) -> dict[str, Any]:
        return {"child": self.child(), **self.the_rest()}


class OrderForm(ExactlyForm):
    """A legal override that opens access: to what, for whom, by whose authority, why, and for which days."""

    field_order = ("basis", "upn", "forename", "surname", "born_on", "urn", "opens", "withheld", "person", "through")

    basis = forms.ChoiceField(
        label="Legal basis",
        choices=Order.Basis,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose the legal basis."},
    )
    urn = forms.IntegerField(
        label="Or a whole establishment, by its URN",
        required=False,
        min_value=1,
        max_value=9999999,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-10", "inputmode": "numeric"}),
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), "Enter the digits of the URN."),
    )
    opens = forms.ChoiceField(
        label="What does it open?",
        choices=[(kind.value, kind.label) for kind in Order.DATA],
        initial=Order.DATA[0].value,
        widget=forms.RadioSelect,
        help_text="For a child, it opens pupil information.",
        error_messages={"required": "Choose what it opens."},
    )
    withheld = leaves_out()
    person = AddressField(
        label="Who does it open to? Their work email address",
        max_length=254,
        error_messages={
            "invalid": AS_AN_ADDRESS,
            "required": "Enter the email address of the person it opens to.",
        },
    )
    through = forms.ChoiceField(
        label="Where will they see it?",
        choices=[(Through.EDUNET.value, "EduNet: an officer"), (Through.SCHOOLS_ONLINE.value, "Schools Online")],
        initial=Through.EDUNET.value,
        widget=forms.RadioSelect,
    )
    authoriser = AddressField(
        label="Who authorises it? Their work email address",
        max_length=254,
        help_text="An officer, but not you or the person above. They are asked on EduNet. Until they agree, it opens "
        "nothing.",
        error_messages={
            "invalid": AS_AN_ADDRESS,
            "required": "Enter the email address of the person who authorises it.",
        },
    )
    reason = forms.CharField(
        label="Reason",
        max_length=2000,
        widget=TextArea(attrs={"rows": 4}),
        help_text="Information managers and the authoriser can read this. It is kept encrypted.",
        error_messages={"required": "Give the reason."},
    )
    head_barred = forms.BooleanField(label=NOT_THE_HEAD, required=False)
    barred_because = forms.CharField(
        label="If so, why?",
        max_length=2000,
        required=False,
        widget=TextArea(attrs={"rows": 2} | only_if("head_barred", "on")),
    )
    starts_on = day_field("First day", initial=timezone.localdate)
    ends_on = day_field("Last day", help_text=A_YEAR)

    def clean(self) -> dict[str, Any]:
        typed = self.cleaned_data
        if not (typed.get("urn") or self.errors) or any(typed.get(name) for name in WHO):
            super().clean()
        if typed.get("head_barred") and not typed.get("barred_because"):
            self.add_error("barred_because", "Say why the head must not learn of it.")
        return typed

    def order(self) -> NewOrder:
        child = self.child() if any(self.cleaned_data[name] for name in WHO) else None
        typed = self.the_rest()
        return NewOrder(child=child, data=typed.pop("opens"), **typed)
