"""What a head types on the register's pages."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from typing import Any, cast

from django import forms
from django.utils import timezone

from access_register.levels import Level
from access_register.models import RegisterLine
from access_register.register.name_forms import AsksAboutTheName
from access_register.register.rules import Entry
from access_register.sign_in.addresses import is_webmail
from sharing.authorise import Withheld
from sharing.pages.form_fields import address_field, coming_end, day_field, name_field, only_if

LEVEL_WORDS = {
    Level.THREE: "Level 3: establishment information. Right for most people",
    Level.TWO: "Level 2: pupil and establishment information",
    Level.ONE: "Level 1: also staff information and this register. The head and two named staff",
}
# A third party's line comes with a contract on record, and the head's line with a handover.
ROLES = [
    (role.value, role.label)
    for role in RegisterLine.Role
    if role not in (RegisterLine.Role.HEAD, RegisterLine.Role.THIRD_PARTY)
]


class LineForm(forms.Form):
    """A line of the register. Level 3 is preset (R34)."""

    role = forms.ChoiceField(
        label="What do they do here?",
        choices=ROLES,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what they do here."},
    )
    level = forms.TypedChoiceField(
        label="Which level?",
        choices=[(level.value, words) for level, words in LEVEL_WORDS.items()],
        coerce=int,
        initial=Level.THREE.value,
        widget=forms.RadioSelect,
        help_text="Give the level they need to do their work, and no more.",
    )
    basis = forms.ChoiceField(
        label="For Level 2: why do they need pupil information?",
        choices=RegisterLine.Basis.choices,
        required=False,
        widget=forms.RadioSelect(only_if("level", Level.TWO)),
    )
    basis_words = forms.CharField(
        label="Your reason, if you chose “another reason”",
        max_length=300,
        required=False,
        widget=forms.TextInput(only_if("basis", RegisterLine.Basis.HEADS_REASON)),
    )
    ends_on = day_field(
        "Last day, if there is one",
        required=False,
        help_text=coming_end("For example {}. Leave empty if there is none."),
        invalid="Enter the last day as day, month and year, for example 31/8/2027.",
    )
    confirm = forms.BooleanField(
        label="For Level 2 or Level 1: this person needs it for their work here, and it is within data-protection law.",
        required=False,
        widget=forms.CheckboxInput(only_if("level", Level.ONE, Level.TWO)),
    )

    def __init__(
        self, *args: Any, level_now: int = Level.THREE, role_now: str = "", may_name_level_1: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if role_now == RegisterLine.Role.THIRD_PARTY:
            role_field = cast(forms.ChoiceField, self.fields["role"])
            role_field.choices = [(role_now, RegisterLine.Role.THIRD_PARTY.label)]
            may_name_level_1 = False
        offered = [level for level in LEVEL_WORDS if may_name_level_1 or level_now == Level.ONE or level != Level.ONE]
        level_field = cast(forms.TypedChoiceField, self.fields["level"])
        level_field.choices = [(level.value, LEVEL_WORDS[level]) for level in offered]

    def entry(self) -> Entry:
        """What was typed, even if the form is incomplete."""
        typed = self.cleaned_data
        return Entry(
            Level(typed.get("level", Level.THREE)),
            typed.get("role", ""),
            typed.get("basis", ""),
            typed.get("basis_words", "").strip(),
            typed.get("ends_on"),
            typed["confirm"],
        )


class NarrowingFields(forms.Form):
    """What a Level 2 line does not show (R35, A5)."""

    year_groups = forms.MultipleChoiceField(
        label="Which year groups do they work with?",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Choose none to show every year group.",
    )
    withheld = forms.MultipleChoiceField(
        label="Which information is not shown to them?",
        choices=Withheld.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, year_groups: Collection[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        years = cast(forms.MultipleChoiceField, self.fields["year_groups"])
        years.choices = list(year_groups)
        if not year_groups:
            years.help_text = "No children are recorded here today, so there is no year group to choose."


class AddForm(AsksAboutTheName, NarrowingFields, LineForm):
    """A person to add, and their line, narrowed from its first moment."""

    name = name_field("Full name", "Enter their full name.")
    email = address_field("Work email address", "Enter their work email address.")
    webmail_confirmed = forms.BooleanField(
        label="This is not a work address. The person does not have one, and this address is theirs.",
        required=False,
        widget=forms.HiddenInput,
    )
    starts_on = day_field(
        "First day",
        "They cannot see anything here before this day. If you leave it empty, it is today.",
        required=False,
        initial=timezone.localdate,
    )
    field_order = [
        "name", "email", "webmail_confirmed", "other_name", "starts_on", "role", "level", "basis", "basis_words",
        "year_groups", "withheld",
    ]  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["level"].help_text += " With Level 2 you can choose year groups."
        for name in ("year_groups", "withheld"):
            field = self.fields[name]
            field.label = f"For Level 2: {str(field.label)[0].lower()}{str(field.label)[1:]}"
            field.widget.attrs |= {"class": "govuk-checkboxes--small"} | only_if("level", Level.TWO)

    def clean_email(self) -> str:
        """An address that anybody can get has to be confirmed (R25): the box for that appears with the question."""
        email: str = self.cleaned_data["email"]
        if is_webmail(email):
            self.fields["webmail_confirmed"].widget = forms.CheckboxInput()
        return email

    def entry(self) -> Entry:
        typed = self.cleaned_data
        return replace(
            super().entry(), webmail_confirmed=typed["webmail_confirmed"], other_name=typed["other_name"],
            starts_on=typed.get("starts_on"), year_groups=tuple(typed.get("year_groups", ())),
            withheld=tuple(typed.get("withheld", ())),
        )  # fmt: skip


class ChangeForm(LineForm):
    """A line as it is, to be changed. `version` shows whether somebody else has changed it meanwhile."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class NarrowForm(NarrowingFields):
    """What a Level 2 line hides from now on."""

    because = forms.CharField(label="Why? (optional)", max_length=300, required=False)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class SuspendForm(forms.Form):
    because = forms.CharField(
        label="Why? (optional)",
        max_length=300,
        required=False,
        help_text="For example: long absence. The person can read this, and it is kept in the register’s history.",
    )


class ResumeForm(forms.Form):
    """Lifting a suspension: `version` is the line as the page showed it."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class DayForm(forms.Form):
    """A day in the past."""

    on = day_field(
        "Which day?",
        help_text="For example 1/9/2026.",
        missing="Enter a day.",
        invalid="Enter the day as day, month and year, for example 1/9/2026.",
    )

    def clean_on(self) -> date:
        day = self.cleaned_data["on"]
        if day > timezone.localdate() or day.year < 2000:
            raise forms.ValidationError("Enter a day since 2000 that is not in the future.")
        return day


class WithdrawForm(forms.Form):
    because = forms.CharField(
        label="Why? (optional)",
        max_length=300,
        required=False,
        help_text="For example: left on 31 August. The person can read this, and it is kept in the register’s history.",
    )
