"""What is typed about the Council's advice."""

import uuid
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone

from sharing.door.advice import Wish
from sharing.models import AdviceStep
from sharing.pages.form_fields import TextArea, coming_start, day_field

LONGEST = timedelta(days=3 * 366)
MOST_SAVES = 2**31 - 1  # the largest number that the database can hold
HOW_TO_WRITE = (
    "For a heading, start the line with ## and a space. Leave a blank line between paragraphs. <br>"
    "For a list, start a new line for each point with - and a space. <br>"
    "For a link, write [its words](its address), with the address copied whole from the browser. "
    "For a page of this portal: [its words](/guidance/)."
)


def to_come(day: date) -> None:
    today = timezone.localdate()
    if not today < day <= today + LONGEST:
        raise ValidationError("Enter a day that is tomorrow or later, and at most three years ahead.")


class AdviceForm(forms.Form):
    """A page of advice. `form_key` makes one page of a form that is sent twice.

    `version`: how often the draft that it shows had been saved.
    """

    form_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    version = forms.IntegerField(widget=forms.HiddenInput, initial=0, min_value=0, max_value=MOST_SAVES)
    title = forms.CharField(
        label="Title",
        max_length=100,
        error_messages={"required": "Enter the title."},
    )
    summary = forms.CharField(
        label="Summary in one sentence",
        max_length=200,
        help_text="It is shown under the title and in the list of guidance.",
        error_messages={"required": "Say in one sentence what the page is about."},
    )
    owner = forms.CharField(
        label="Owner",
        max_length=100,
        help_text="The team or role that is responsible for it. Never the name of a person.",
        widget=forms.TextInput(attrs={"list": "owners", "autocomplete": "off"}),
        error_messages={"required": "Enter the team or role that is responsible for this page."},
    )
    text = forms.CharField(
        label="Text",
        max_length=20_000,
        widget=TextArea(attrs={"rows": 20}),
        help_text=HOW_TO_WRITE,
        error_messages={"required": "Write the text of the page."},
    )
    review_on = day_field(
        "When to look at it again",
        help_text=coming_start("From this day on, officers are told to look at the page again. For example {}."),
        missing="Enter the day on which officers should look at the page again.",
        validators=[to_come],
    )

    def wish(self) -> Wish:
        given = self.cleaned_data
        return Wish(given["title"], given["summary"], given["owner"], given["text"], given["review_on"])


class StepForm(forms.Form):
    """A step on the version that the page showed."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=MOST_SAVES)


class AgreeForm(StepForm):
    identifies_nobody = forms.BooleanField(
        label="I have read it. It does not identify any person or establishment.",
        error_messages={
            "required": "Read the page, and confirm that it does not identify any person or establishment."
        },
    )


class HandBackForm(StepForm):
    because = forms.CharField(
        label="Why is it handed back?",
        max_length=300,
        help_text="Officers read this in the history of the page. Do not name a child or a school.",
        error_messages={"required": "Say what needs to be changed."},
    )

    def __init__(self, data: QueryDict | None = None, **given: Any) -> None:
        super().__init__(data, auto_id="id_hand_back_%s", **given)


class TakeDownForm(StepForm):
    because = forms.CharField(
        label="Why is it taken down?",
        max_length=300,
        help_text="Officers read this in the history of the page. Do not name a child or a school.",
        error_messages={"required": "Say why the page is taken down."},
    )

    def __init__(self, data: QueryDict | None = None, **given: Any) -> None:
        super().__init__(data, auto_id="id_take_down_%s", **given)


class AskToDestroyForm(StepForm):
    reason = forms.ChoiceField(
        label="Why should its words be destroyed?",
        choices=AdviceStep.Reason,
        widget=forms.RadioSelect,
        help_text="The history keeps this reason, and nothing in your own words.",
        error_messages={"required": "Choose why the words should be destroyed."},
    )


class DestroyForm(StepForm):
    has_read_it = forms.BooleanField(
        label="I have read this version. Its words should be destroyed for good.",
        error_messages={"required": "Read the version, and confirm that its words should be destroyed for good."},
    )
