"""What is typed on the pages of breaches."""

import uuid
from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.template.defaultfilters import pluralize
from django.utils import timezone

from access_register.breaches.rules import Candidate
from access_register.models import Breach, Measure
from access_register.models.breaches import WEEKS, WITH_A_LENGTH
from sharing.pages.form_fields import AS_IT_IS, LONG_AGO, TextArea, VisibleField, day_field, only_if, version_field

AS_MOMENT = "Enter the day and the time, for example 31/8/2026 14:30."
NO_BREACH = "Close it: nobody who has signed up has broken the protocol"
SORTS = [("person", "A person"), ("establishment", "An establishment"), ("third_party", "A third party")]


def _words(label: str, *, help_text: str, missing: str, rows: int = 5) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=4000, widget=TextArea(attrs={"rows": rows}), help_text=help_text,
        error_messages={"required": missing},
    )  # fmt: skip


def _by_managers() -> forms.TypedMultipleChoiceField:
    return forms.TypedMultipleChoiceField(
        label="Did one of these people do it? (optional)", coerce=int, required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="They look at reports. Whoever you choose cannot see this one or close it.",
    )  # fmt: skip


def _offer(form: forms.Form, managers: tuple[tuple[int, str], ...]) -> None:
    """Offer the people who look at reports. If there are none, nothing is asked."""
    if managers:
        form.fields["by_managers"].choices = managers  # type: ignore[attr-defined]
    else:
        del form.fields["by_managers"]


SOMEBODY_ELSE = [whose.value for whose in Breach.Whose if whose != Breach.Whose.OWN]


class ReportForm(forms.Form):
    """A report. `form_key` makes one report of a form that is sent twice."""

    form_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    whose = forms.ChoiceField(
        label="Who did it?", choices=Breach.Whose, widget=forms.RadioSelect,
        error_messages={"required": "Choose who did it, or that you do not know."},
    )  # fmt: skip
    whom = forms.CharField(
        label="Name them, if you know (optional)", max_length=500, required=False,
        help_text="A name and where they work is best. Only the data-protection side of the Department can read this.",
        widget=TextArea(attrs={"rows": 2, "autocomplete": "off"} | only_if("whose", *SOMEBODY_ELSE)),
    )  # fmt: skip
    by_managers = _by_managers()
    about = forms.TypedChoiceField(
        label="Whose information is it about? (optional)", required=False, coerce=int, empty_value=None
    )
    happened = _words(
        "What happened?",
        help_text="Whoever the case is against can read this, and so can the panel. Do not name a child. It is kept "
        "encrypted.",
        missing="Say what happened.",
    )
    happened_on = day_field("When did it happen, if you know (optional)", LONG_AGO, required=False)
    aware_at = forms.DateTimeField(
        label="When did you notice?",
        help_text="The day and the time, for example 31/8/2026 14:30. The time for telling the Information "
        "Commissioner runs from then.",
        input_formats=["%d/%m/%Y %H:%M", "%d/%m/%Y %H.%M", "%Y-%m-%d %H:%M", "%d/%m/%y %H:%M", "%d/%m/%y %H.%M"],
        widget=forms.DateTimeInput(format="%d/%m/%Y %H:%M", attrs={"class": "govuk-input--width-20"}),
        error_messages={"required": AS_MOMENT, "invalid": AS_MOMENT},
    )
    categories = forms.MultipleChoiceField(
        label="Which information?", choices=Breach.Data, widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose which information, as far as you know."},
    )  # fmt: skip
    children = forms.ChoiceField(
        label="About how many children?", choices=Breach.Children, widget=forms.RadioSelect,
        error_messages={"required": "Choose about how many, or that you do not know."},
    )  # fmt: skip
    name_withheld = forms.BooleanField(
        label="Keep my name from whoever the case is against, and from the panel", required=False
    )

    def __init__(
        self,
        *args: Any,
        establishments: tuple[tuple[int, str], ...],
        managers: tuple[tuple[int, str], ...],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, managers)
        self.fields["about"].choices = [("", "Nobody’s in particular"), *establishments]  # type: ignore[attr-defined]
        self.fields["aware_at"].initial = timezone.localtime().replace(second=0, microsecond=0)

    def clean_aware_at(self) -> Any:
        if self.cleaned_data["aware_at"] > timezone.now():
            raise ValidationError("This is in the future. Enter when you noticed.")
        return self.cleaned_data["aware_at"]

    def clean_happened_on(self) -> Any:
        day = self.cleaned_data["happened_on"]
        if day and day > timezone.localdate():
            raise ValidationError("This is in the future. Enter the day on which it happened.")
        return day


class SearchForm(forms.Form):
    """A search for those the case is against."""

    sort = forms.ChoiceField(
        label="What are you looking for?",
        choices=SORTS,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what you are looking for."},
    )
    words = VisibleField(
        label="Part of the name", min_length=2, max_length=100, widget=forms.TextInput(attrs=AS_IT_IS),
        help_text="For a person, you can also type the whole email address.",
        error_messages={"required": "Type part of the name."},
    )  # fmt: skip


class ReferForm(forms.Form):
    """Whether it is a personal data breach, how serious it is, and whether it is referred. `version`: of those whom the
    page named."""

    version = version_field()
    is_personal = forms.TypedChoiceField(
        label="Is it a personal data breach?", widget=forms.RadioSelect, coerce=lambda typed: typed == "yes",
        choices=[("yes", "Yes: personal data was lost, changed, disclosed or opened without right"), ("no", "No")],
        error_messages={"required": "Choose whether it is a personal data breach."},
    )  # fmt: skip
    severity = forms.ChoiceField(
        label="If it is, how bad is it for the people concerned?", required=False, choices=Breach.Severity,
        widget=forms.RadioSelect(only_if("is_personal", "yes")),
        help_text="If there is a risk, the Information Commissioner must be told within 72 hours. If there is a high "
        "risk, the people must be told too.",
    )  # fmt: skip
    refers = forms.TypedChoiceField(
        label="What should happen with it?", widget=forms.RadioSelect, coerce=lambda typed: typed == "yes",
        choices=[("yes", "Refer it to the Locality Achievement Partnership"), ("no", NO_BREACH)],
        error_messages={"required": "Choose what should happen with it."},
    )  # fmt: skip
    words = _words(
        "Why?", missing="Say why.",
        help_text="If it is referred, whoever the case is against and the panel can read this. If it is closed, "
        "whoever reported it can. If there is another information manager, it is closed once they agree.",
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        typed = self.cleaned_data
        if typed.get("is_personal") and not typed.get("severity"):
            self.add_error("severity", "Choose how bad it is.")
        return typed


class EvidenceForm(forms.Form):
    """Which rows of the ledger."""

    urn = forms.TypedChoiceField(label="Which rows of the ledger?", required=False, coerce=int, empty_value=None)
    first = day_field("From", LONG_AGO, missing="Enter the first day.")
    last = day_field("Until", LONG_AGO, missing="Enter the last day.")

    def __init__(self, *args: Any, urns: tuple[tuple[int, str], ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = [(urn, f"What anybody did at {name}") for urn, name in urns]
        self.fields["urn"].choices = [("", "What was done by those the case is against"), *places]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        typed = self.cleaned_data
        first, last = typed.get("first"), typed.get("last")
        if first and last and not first <= last <= first + timedelta(days=92):
            self.add_error("last", "The last day must be on or after the first, and at most 92 days after it.")
        return typed


class PanelForm(forms.Form):
    """Who sits."""

    people = forms.TypedMultipleChoiceField(
        label="Who sits on the panel?", coerce=int, widget=forms.CheckboxSelectMultiple,
        help_text="A panel has three, five or seven people. Count those who already sit. One officer at most sits with "
        "the heads, except on an appeal. This list leaves out anybody who is concerned in the case, or works where "
        "somebody concerned does. It also leaves out anybody who was in the team of somebody concerned when it "
        "happened.",
        error_messages={"required": "Choose who sits."},
    )  # fmt: skip

    def __init__(self, *args: Any, candidates: list[Candidate], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = [(one.person_id, one.label) for one in candidates]
        self.fields["people"].choices = people  # type: ignore[attr-defined]


class VoteForm(forms.Form):
    """One vote of the panel."""

    measure = forms.ChoiceField(
        label="What do you vote for?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what you vote for."},
    )
    weeks = forms.TypedChoiceField(
        label="For how long, if you vote to suspend or to end access?", required=False, coerce=int, empty_value=None,
        choices=[("", "It has no length"), *((week, f"{week} week{pluralize(week)}") for week in WEEKS)],
        help_text="It begins with the decision, and ends automatically.",
        widget=forms.Select(only_if("measure", *sorted(WITH_A_LENGTH))),
    )  # fmt: skip
    tell_ico = forms.BooleanField(label="The Information Commissioner must be told", required=False)
    reason = _words(
        "Why?",
        missing="Say why.",
        help_text="Whoever the case is against can read this once the case is decided, without your name. For "
        "training, say which, and by when.",
    )

    def __init__(self, *args: Any, measures: tuple[tuple[str, str], ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["measure"].choices = measures  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        typed = self.cleaned_data
        chosen = typed.get("measure")
        if chosen and Measure(chosen) in WITH_A_LENGTH and not typed.get("weeks"):
            self.add_error("weeks", "Choose for how long.")
        return typed | {"weeks": typed.get("weeks") or 0}


class ToldForm(forms.Form):
    """Who has been told, out of those for whom it is not recorded yet."""

    whom = forms.ChoiceField(
        label="Who has been told now?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose who has been told."},
    )

    def __init__(self, *args: Any, untold: tuple[tuple[str, str], ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["whom"].choices = untold  # type: ignore[attr-defined]


class WordsForm(forms.Form):
    """An answer, or an appeal."""

    words = _words(
        "What do you say?", missing="Write what you say.", rows=8,
        help_text="The panel can read this, and so can the data-protection side. Do not name a child. It is kept "
        "encrypted.",
    )  # fmt: skip


class AskAgainForm(forms.Form):
    """The person who reported it asks for others to look at it."""

    words = _words(
        "Why should others look at it?", missing="Say why.",
        help_text="Whoever the case is against can read this, and so can the panel. Do not name a child. It is kept "
        "encrypted.",
    )  # fmt: skip
    by_managers = _by_managers()

    def __init__(self, *args: Any, managers: tuple[tuple[int, str], ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, managers)
