"""What is typed on the pages of a transfer."""

from datetime import date
from typing import Any, cast

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.template.defaultfilters import pluralize
from django.utils import timezone

from sharing import codes
from sharing.days import day_in_words
from sharing.grace import kept_until
from sharing.pages.form_fields import (
    AS_IT_IS,
    TextArea,
    VisibleField,
    day_field,
    name_field,
    not_to_come,
    only_if,
    version_field,
)

STATUSES = [
    ("C", "Only here from now on"),
    ("M", "Here and elsewhere; this is the main school"),
    ("S", "Here and elsewhere; this is the subsidiary school"),
    ("G", "A guest for some sessions"),
]
PAST = "{day} has passed, so you will no longer see the record of {name}, and cannot change the day. "
SEND_AGAIN = "If the day is right, send the form again."
FILE_OUTSIDE = (
    "If a transfer file still has to be sent, say so below. If not, and the day is right, send the form again."
)
TOO_LATE = (
    "It is also too long ago for a transfer file. If one still has to be made, enter today, make it, and correct the "
    "day here before midnight. If not, and the day is right, send the form again."
)
PAST_BUT_KEPT = (
    "{day} has passed, so you cannot change the day. You will see the record of {name} until {until}, to send the "
    "transfer file. If the day is right, send the form again."
)
SEXES = [(code, label) for code, label in codes.SEX.items() if code in ("F", "M")]


def place_field(label: str, places: tuple[tuple[int, str], ...]) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label,
        choices=[("", "Choose one"), *places],
        coerce=int,
        error_messages={"required": "Choose the establishment.", "invalid_choice": "Choose one from the list."},
    )


class BeginForm(forms.Form):
    """The sender says where a child goes, and when."""

    expected_on = day_field("Expected first day there")

    def __init__(self, *args: Any, places: tuple[tuple[int, str], ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"] = place_field("Where is the child going?", places)
        self.order_fields(["to", "expected_on"])


class FromOutsideForm(forms.Form):
    """What an officer knows about a child from outside the community."""

    forename = name_field("Forename", "Enter the forename.", most=100)
    surname = name_field("Surname", "Enter the surname.", most=100)
    born_on = day_field("Date of birth", "For example 5/4/2018.", validators=[not_to_come])
    sex = forms.ChoiceField(
        label="Sex", choices=SEXES, widget=forms.RadioSelect, error_messages={"required": "Choose the sex."}
    )
    year_group = forms.ChoiceField(
        label="Year group",
        choices=[("", "Choose one"), *codes.NC_YEARS.items()],
        error_messages={"required": "Choose the year group."},
    )
    upn = forms.CharField(
        label="Unique pupil number (UPN), if it is known",
        help_text="13 characters. With it, later returns about the child find this record, and a child missing "
        "education comes off that list.",
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={**AS_IT_IS, "class": "govuk-input--width-20"}),
    )
    from_name = VisibleField(
        label="School before this one, if there was one",
        max_length=200,
        required=False,
        help_text="Or where the child is coming from.",
    )
    expected_on = day_field("Expected first day")

    def __init__(self, *args: Any, places: tuple[tuple[int, str], ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"] = place_field("Which establishment is the child going to?", places)


class AnswerForm(forms.Form):
    """The receiver's answer. A no needs a reason."""

    answer = forms.ChoiceField(
        label="Do you accept the child?",
        choices=[("yes", "Yes, the child has a place here"), ("no", "No")],
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether you accept the child."},
    )
    because = forms.CharField(
        label="If not, why not?",
        help_text="The other school, or Admissions, will read this.",
        max_length=500,
        required=False,
        widget=TextArea(attrs={"rows": 3} | only_if("answer", "no")),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("answer") == "no" and not cleaned.get("because", "").strip():
            self.add_error("because", "Say why you decline.")
        return cleaned


class ArrivedForm(forms.Form):
    on = day_field("First day on your register")
    kind = forms.ChoiceField(
        label="How is the child registered?",
        choices=STATUSES,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose how the child is registered."},
    )


class LeftForm(forms.Form):
    """That a child has left. A past last day cannot be changed, so the form asks for it to be confirmed. It takes the
    record away at once, unless the transfer file still has to be sent (R8): to a school that accepted the child
    (`owes_file`), or to one outside the community. The form asks about the latter if it may be so (`may_owe_outside`).

    `looked` is the day that it has asked about, and whether it said that the record is kept. `seen_until`: the last day
    on which the record is seen, if it is.
    """

    version = version_field()
    looked = forms.CharField(required=False, widget=forms.HiddenInput)
    last_day = day_field("Last day on the register", "Today, an earlier day or a later one. For example 21/7/2027.")
    reason = forms.ChoiceField(
        label="Why?",
        choices=[("", "Choose one"), *codes.LEAVING_REASON.items()],
        error_messages={"required": "Choose why the child is leaving."},
    )
    destination = forms.CharField(
        label="Where is the child going?",
        help_text="The next school, or what you know. It helps to find a child who is not on any register.",
        max_length=200,
        required=False,
    )
    outside = forms.BooleanField(
        label="We still have to send a transfer file to a school outside the community",
        required=False,
    )
    is_past = False
    seen_until: date | None = None

    def __init__(
        self, *args: Any, name: str, since: date, owes_file: bool, may_owe_outside: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.name, self.since, self.owes_file = name, since, owes_file
        days = settings.CTF_GRACE_SCHOOL_DAYS
        self.fields["outside"].help_text = (
            f"You can then see the record for {days} school day{pluralize(days)} after the last day, or until you make "
            "the file. You make it from the child’s record."
        )
        if not may_owe_outside:
            del self.fields["outside"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        looked, last_day, today = cleaned.pop("looked", ""), cleaned.get("last_day"), timezone.localdate()
        if last_day and self.since <= last_day < today:
            self.is_past = True
            until = kept_until(last_day)
            in_time = until is not None and until >= today
            self.seen_until = until if in_time and (self.owes_file or cleaned.get("outside")) else None
            told = f"{last_day} kept" if self.seen_until else str(last_day)
            if looked not in (told, str(last_day)):
                self.add_error("last_day", self._in_words(last_day, in_time))
                self.data = cast(QueryDict, self.data).copy()
                self.data["looked"] = told
        return cleaned

    def _in_words(self, last_day: date, in_time: bool) -> str:
        """What a past last day leads to, and what can be done about it."""
        if self.seen_until:
            until = day_in_words(self.seen_until)
            return PAST_BUT_KEPT.format(day=day_in_words(last_day), name=self.name, until=until)
        said = PAST.format(day=day_in_words(last_day), name=self.name)
        if "outside" not in self.fields:
            return said + SEND_AGAIN
        return said + (FILE_OUTSIDE if in_time else TOO_LATE)
