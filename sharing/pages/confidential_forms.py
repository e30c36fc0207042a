"""What is typed on the pages of confidential items."""

from typing import Any

from django import forms
from django.utils import timezone

from sharing.cannot import version_of
from sharing.door.consents import Wish
from sharing.door.restricted import NewItem
from sharing.files import safe_files
from sharing.models import Consent, RestrictedItem
from sharing.pages.form_fields import TextArea, day_field, only_if
from sharing.school_year import academic_year, in_words

YEARS_BACK = 5
FIELD_IS_EMPTY = {"required": "Write what it is called."}


def _file_field(*, required: bool) -> forms.FileField:
    return forms.FileField(
        label="File",
        required=required,
        help_text="A PDF, an Excel workbook without macros (xlsx) or a CSV of up to 5 MB. It is kept encrypted.",
        widget=forms.FileInput(attrs={"accept": ".pdf,.xlsx,.csv"}),
        error_messages={"required": "Choose the file."},
    )


class FileForm(forms.Form):
    """One file, which is checked before it is stored."""

    file = _file_field(required=True)

    def clean_file(self) -> safe_files.SafeFile | None:
        sent = self.cleaned_data["file"]
        try:
            return safe_files.read(sent) if sent else None
        except safe_files.NotAcceptable as problem:
            raise forms.ValidationError(str(problem)) from None


class ItemForm(FileForm):
    """A prioritisation level, or an analysis, with or without a file."""

    kind = forms.ChoiceField(
        label="What is it?",
        choices=RestrictedItem.Kind,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what it is."},
    )
    title = forms.CharField(label="Title", max_length=150, error_messages=FIELD_IS_EMPTY)
    academic_year = forms.TypedChoiceField(
        label="School year", coerce=int, error_messages={"required": "Choose the school year."}
    )
    owner = forms.CharField(
        label="Team responsible for it",
        max_length=100,
        error_messages={"required": "Say which team is responsible for it."},
    )
    words = forms.CharField(label="What it says", required=False, max_length=10_000, widget=TextArea(attrs={"rows": 6}))
    figures = forms.CharField(
        label="Figures",
        required=False,
        max_length=5_000,
        help_text="Put each on its own line: what it is, a colon, the figure. For example, Prioritisation level: 2.",
        widget=TextArea(attrs={"rows": 4}),
    )
    starts_on = day_field("First day it can be seen", initial=timezone.localdate)
    ends_on = day_field("Last day it can be seen, if there is one", required=False)
    file = _file_field(required=False)
    field_order = ("kind", "title", "academic_year", "owner", "words", "figures", "file", "starts_on", "ends_on")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        this_year = academic_year(timezone.localdate())
        years = range(this_year, this_year - YEARS_BACK, -1)
        self.fields["academic_year"].choices = [(year, in_words(year)) for year in years]  # type: ignore[attr-defined]

    def clean_figures(self) -> tuple[tuple[str, str], ...]:
        lines = [line.strip() for line in self.cleaned_data["figures"].splitlines() if line.strip()]
        pairs = [line.rpartition(":") for line in lines]
        for (what, _, figure), line in zip(pairs, lines, strict=True):
            if not what.strip() or not figure.strip():
                raise forms.ValidationError(f"“{line[:60]}” needs a colon with something before and after it.")
        return tuple((what.strip(), figure.strip()) for what, _, figure in pairs)

    def clean(self) -> dict[str, Any]:
        typed = self.cleaned_data
        if typed.get("starts_on") and typed.get("ends_on") and typed["ends_on"] < typed["starts_on"]:
            self.add_error("ends_on", "The last day must not be before the first.")
        return typed

    def told(self) -> NewItem:
        return NewItem(**{name: value for name, value in self.cleaned_data.items() if name != "file"})


class ConsentForm(forms.Form):
    """Whom a head lets see an item, and until when."""

    recipients = forms.ChoiceField(
        label="Who else may see it?",
        choices=Consent.Recipients,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose who may see it."},
    )
    named = forms.CharField(
        label="If you name establishments, which ones?",
        required=False,
        max_length=5_000,
        help_text="Put each on its own line: its name as in the list of establishments, or its URN.",
        widget=TextArea(attrs={"rows": 3} | only_if("recipients", Consent.Recipients.ESTABLISHMENTS)),
    )
    locality = forms.TypedChoiceField(
        label="If it is a Locality, which one?",
        required=False,
        coerce=int,
        empty_value=None,
        widget=forms.Select(only_if("recipients", Consent.Recipients.LOCALITY)),
    )
    starts_on = day_field("First day", initial=timezone.localdate)
    ends_on = day_field("Last day")

    def __init__(self, *args: Any, localities: tuple[tuple[int, str], ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["locality"].choices = [("", "No Locality"), *localities]  # type: ignore[attr-defined]

    def wish(self) -> Wish:
        typed = self.cleaned_data
        names = tuple(name for line in typed["named"].splitlines() if (name := " ".join(line.split())))
        return Wish(typed["recipients"], typed["starts_on"], typed["ends_on"], names, typed["locality"])

    def looked(self) -> str:
        """A mark of what is asked for: the page shows who would see the item before that same consent is given."""
        return version_of(self.wish())
