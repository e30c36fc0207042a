"""Fields that many forms have: a day, a name, a child's UPN and date of birth. No browser remembers what is typed."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.functional import lazy

from sharing.days import AS_TYPED, FIRST_YEAR, LAST_YEAR, is_of_our_time
from sharing.files.visible import visible_letters
from sharing.school_year import academic_year
from sharing.upn import tidy_upn, upn_problem

LONG_AGO = "For example 1/9/2026."
AS_A_DAY = "Enter it as day, month and year, for example 1/9/2027."
AS_AN_ADDRESS = "Enter the email address in full, for example name@school.example."
# For names and UPNs. Some browsers' spelling checkers send away what they check, and phones turn Said into Zaid.
AS_IT_IS = {"autocomplete": "off", "spellcheck": "false", "autocorrect": "off"}


def _with_the_coming(day_and_month: str, words: str) -> str:
    return words.format(f"{day_and_month}/{academic_year(timezone.localdate()) + 1}")


_when_shown = lazy(_with_the_coming, str)  # a form is made once and shown for years


def coming_start(words: str) -> str:
    """`words`, with the day on which a school year next begins as the example."""
    return _when_shown("1/9", words)


def coming_end(words: str) -> str:
    """`words`, with the day on which a school year next ends as the example."""
    return _when_shown("31/8", words)


class TextArea(forms.Textarea):
    """A text area that counts lines as the browser does for `maxlength`.

    What a browser sends has two characters for each end of a line.
    """

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        typed = super().value_from_datadict(data, files, name)
        return typed.replace("\r\n", "\n") if typed else typed


def of_our_time(day: date) -> None:
    if not is_of_our_time(day):
        raise ValidationError(f"Enter a year from {FIRST_YEAR} to {LAST_YEAR}.")


def not_to_come(day: date) -> None:
    if day > timezone.localdate():
        raise ValidationError("This day is in the future. Enter today or an earlier day.")


def day_field(
    label: str,
    help_text: str = coming_start("For example {}."),
    *,
    required: bool = True,
    initial: Callable[[], date] | None = None,
    missing: str = "",
    invalid: str = AS_A_DAY,
    validators: Sequence[Callable[[date], None]] = (),
) -> forms.DateField:
    """A date, typed in a single field. `missing` and `invalid` are the errors that say what to enter."""
    return forms.DateField(
        label=label,
        help_text=help_text,
        required=required,
        initial=initial,
        validators=[of_our_time, *validators],
        input_formats=AS_TYPED,
        widget=forms.DateInput(format="%d/%m/%Y", attrs={"autocomplete": "off", "class": "govuk-input--width-10"}),
        error_messages={"invalid": invalid, "required": missing or f"Enter the {label[0].lower()}{label[1:]}."},
    )


def only_if(question: str, *answers: int | str) -> dict[str, str]:
    """Attributes of a control that is only needed for these answers to another question.

    The script shows it with those answers only (`only_if.mjs`).
    """
    return {"data-only-if": f"{question}={','.join(str(answer) for answer in answers)}"}


def version_field() -> forms.CharField:
    """The version that the form was opened on, to tell whether somebody else has changed it since (sharing.cannot)."""
    return forms.CharField(required=False, empty_value=None, widget=forms.HiddenInput)


def no_address(name: str) -> None:
    if "@" in name:
        raise ValidationError("This is an email address. Enter the name here.")


class VisibleField(forms.CharField):
    """A line of text in which every letter can be seen. Nothing but invisible letters counts as nothing."""

    def to_python(self, value: Any) -> str:
        return visible_letters(super().to_python(value) or "")


def name_field(label: str, missing: str, *, most: int = 200) -> forms.CharField:
    """A person's name. `missing` is the error that says what to enter; `most` is the number of characters."""
    return VisibleField(
        label=label,
        max_length=most,
        validators=[no_address],
        widget=forms.TextInput(attrs=AS_IT_IS),
        error_messages={"required": missing},
    )


class AddressField(forms.EmailField):
    """An email address, typed or pasted from a mail program as `Sam Carter <sam@school.example>;`."""

    def to_python(self, value: Any) -> str:
        address = super().to_python(value) or ""
        if address.count("<") == 1 and address.rstrip(" ;,").endswith(">"):
            address = address.partition("<")[2].rstrip(" ;,>").strip()
        if address.count("@") == 1 and any(letter.isspace() for letter in address):
            raise ValidationError("An email address has no spaces. Take out the space.", code="invalid")
        return address


def address_field(label: str, missing: str, help_text: str = "") -> forms.EmailField:
    """The email address of somebody who will get access. `missing` is the error that says what to enter."""
    return AddressField(
        label=label,
        max_length=254,
        help_text=help_text,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"required": missing, "invalid": AS_AN_ADDRESS},
    )


def birth_field() -> forms.DateField:
    return day_field(
        "Date of birth",
        help_text="For example 31/8/2017.",
        required=False,
        invalid="Enter the date of birth as day, month and year, for example 31/8/2017.",
        validators=[not_to_come],
    )


def upn_field(help_text: str, *, label: str = "Unique pupil number (UPN)", required: bool = False) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=30,
        required=required,
        help_text=help_text,
        widget=forms.TextInput(attrs={**AS_IT_IS, "class": "govuk-input--width-20"}),
        error_messages={"required": "Enter the UPN."},
    )


class UpnForm(forms.Form):
    """A form with a field `upn`: empty, or a UPN with the right check letter."""

    def clean_upn(self) -> str:
        upn = tidy_upn(self.cleaned_data["upn"])
        problem = upn_problem(upn) if upn else None
        if problem:
            raise ValidationError(problem)
        return upn
