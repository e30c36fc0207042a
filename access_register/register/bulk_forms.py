"""What a head types and ticks to change many lines at once."""

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from access_register.headships import heads_file
from access_register.headships.heads_file import HeadRow
from access_register.levels import Level
from access_register.register import list_file, staff_file
from access_register.register.bulk import Plan
from access_register.register.forms import LineForm
from access_register.register.forward import EndedPage
from access_register.register.staff_file import StaffRow
from sharing.days import day_in_words

RAISED = (
    "People who get Level 2 or Level 1: {}. Each needs it for their work here, and it is within data-protection law."
)
WEBMAIL = (
    "Addresses that are not work addresses: {}. These people have no work address, and these addresses are theirs."
)


class StaffFileForm(forms.Form):
    """A list of staff, read while the form is validated: `rows` are the lines of the list."""

    file = forms.FileField(
        label="List of staff, as CSV or Excel workbook (.xlsx)",
        help_text="At most 1 MB and 500 people.",
        error_messages={"required": "Choose a file.", "empty": "The file is empty."},
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
    )
    reads: Callable[[bytes], Sequence[StaffRow] | Sequence[HeadRow]] = staticmethod(staff_file.read)

    def clean_file(self) -> UploadedFile:
        uploaded: UploadedFile = self.cleaned_data["file"]
        try:
            self.rows = self.reads(uploaded.read(list_file.MAX_BYTES + 1))
        except list_file.CannotRead as problem:
            raise forms.ValidationError(str(problem)) from None
        return uploaded


class HeadsFileForm(StaffFileForm):
    """A list of first heads."""

    reads = staticmethod(heads_file.read)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].label = "List of heads, as CSV or Excel workbook (.xlsx)"


class ApplyForm(forms.Form):
    """Applying what the preview shows. It asks only the questions that arise."""

    seal = forms.CharField(widget=forms.HiddenInput)
    confirmed = forms.BooleanField(required=False)
    webmail_confirmed = forms.BooleanField(required=False)

    def __init__(self, *args: Any, plan: Plan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {"seal": plan.seal}
        for name, words, count in (("confirmed", RAISED, plan.raised), ("webmail_confirmed", WEBMAIL, plan.webmail)):
            self.fields[name].label = words.format(count)
            if not count:
                del self.fields[name]


class CopyForwardForm(forms.Form):
    """Which lines begin again. All of them are ticked at first."""

    lines = forms.TypedMultipleChoiceField(
        label="Who gets the same access again?",
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Tick at least one person.",
            "invalid_choice": "This list has changed since you opened it. Look through it again.",
        },
    )
    ends_on = LineForm.base_fields["ends_on"]
    confirmed = forms.BooleanField(
        label="The people at Level 2 or Level 1 need it for their work here, and it is within data-protection law.",
        required=False,
    )

    def __init__(self, *args: Any, page: EndedPage, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {"lines": [line.id for line in page.lines]}
        choices: forms.TypedMultipleChoiceField = self.fields["lines"]  # type: ignore[assignment]
        choices.choices = [
            (line.id, f"{line.name}: Level {line.level}, {line.role_words}, until {day_in_words(line.ended_on)}")
            for line in page.lines
        ]
        self.fields["ends_on"].label = "Last day for all of them, if there is one"
        if all(line.level == Level.THREE for line in page.lines):
            del self.fields["confirmed"]
