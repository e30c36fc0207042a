"""What is typed to break the glass."""

from datetime import date
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from sharing.crypto import blind_index
from sharing.door.glass import Exactly
from sharing.models import Opening
from sharing.pages.form_fields import AS_IT_IS, TextArea, UpnForm, VisibleField, birth_field, upn_field, version_field

WHO: Final = ("upn", "forename", "surname", "born_on")


class ExactlyForm(UpnForm):
    """One child, exactly: a UPN, or both names and the date of birth."""

    upn = upn_field("All 13 characters. If you know it, leave names and date of birth empty.")
    forename = VisibleField(label="Forename", max_length=100, required=False, widget=forms.TextInput(attrs=AS_IT_IS))
    surname = VisibleField(label="Surname", max_length=100, required=False, widget=forms.TextInput(attrs=AS_IT_IS))
    born_on = birth_field()

    def clean(self) -> dict[str, Any]:
        typed = self.cleaned_data
        mistyped = self.errors.keys() & WHO
        if not mistyped and not typed["upn"] and not all(typed[name] for name in ("forename", "surname", "born_on")):
            raise ValidationError("Type the UPN, or the forename, the surname and the date of birth.")
        return typed

    def kept(self) -> dict[str, Any]:
        """Which child, for the session: instead of a UPN, only its blind index."""
        typed = self.cleaned_data
        if typed["upn"]:
            return {"upn_key": blind_index(typed["upn"])}
        return {"forename": typed["forename"], "surname": typed["surname"], "born_on": typed["born_on"].isoformat()}

    def child(self) -> Exactly:
        return exactly(self.kept())

    def the_rest(self) -> dict[str, Any]:
        """What was typed besides."""
        return {name: value for name, value in self.cleaned_data.items() if name not in WHO}


def exactly(kept: dict[str, Any]) -> Exactly:
    """The child whom `ExactlyForm.kept` tells of."""
    born_on = date.fromisoformat(kept["born_on"]) if "born_on" in kept else None
    return Exactly(**kept | {"born_on": born_on})


class ExplainForm(forms.Form):
    """Why the officer opened a record, for those who ask."""

    explanation = forms.CharField(
        label="Why did you open this record?",
        max_length=2000,
        widget=TextArea(attrs={"rows": 5}),
        help_text="The information manager will read this, and so will the head unless you said that the head must not "
        "know. Do not name the child. It is kept encrypted, and you cannot change it.",
        error_messages={"required": "Write why you opened this record."},
    )

    def __init__(self, opening_id: int, data: QueryDict | None = None) -> None:
        super().__init__(data, auto_id=f"id_%s_{opening_id}")
        self.opening_id = opening_id


class BreakForm(forms.Form):
    """Why the glass is broken, and whether the head is told. `version`: of the child who was looked for."""

    version = version_field()
    because = forms.ChoiceField(
        label="What is it about?",
        choices=Opening.Because,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what it is about."},
    )
    reason = forms.CharField(
        label="Why do you need this record now?",
        max_length=2000,
        widget=TextArea(attrs={"rows": 5}),
        help_text="The information manager will read this, and so will the head unless you say otherwise below. It is "
        "kept encrypted.",
        error_messages={"required": "Say why you need this record now."},
    )
    head_barred = forms.BooleanField(
        label="Do not tell the head: it would put the child at risk",
        required=False,
        help_text="The information manager is told, and sees that the head was not.",
    )
    sure = forms.BooleanField(
        label="I need it for safeguarding, and I will look at what that needs and no more",
        error_messages={"required": "Tick the box to confirm this."},
    )
