"""What a form says about an answer it cannot accept, if the field has no words of its own: in plain English (R30).

The words are shown under the field. In the summary at the top, `named` puts the field's name before them.
"""

from typing import Final

from django import forms
from django.core import validators
from django.forms import BoundField

_CHOOSE: Final = "Choose one of the answers offered. They may have changed since you opened the page."
_FIELDS: Final[dict[type[forms.Field], dict[str, str]]] = {
    forms.Field: {"required": "Fill this in."},
    forms.ChoiceField: {"invalid_choice": _CHOOSE},
    forms.MultipleChoiceField: {"invalid_choice": _CHOOSE, "invalid_list": _CHOOSE},
    forms.ModelChoiceField: {"invalid_choice": _CHOOSE},
    forms.ModelMultipleChoiceField: {"invalid_choice": _CHOOSE, "invalid_list": _CHOOSE, "invalid_pk_value": _CHOOSE},
    forms.IntegerField: {"invalid": "Enter a whole number, for example 12."},
    forms.DecimalField: {"invalid": "Enter a number, for example 12.5."},
    forms.DateField: {"invalid": "Enter a day, for example 1/9/2027."},
    forms.UUIDField: {"invalid": _CHOOSE},
    forms.JSONField: {"invalid": "That did not work. Try again."},
    forms.FileField: {
        "required": "Choose a file.",
        "invalid": "Choose a file.",
        "missing": "Choose a file.",
        "empty": "The file is empty. Choose another one.",
        "max_length": "The name of the file has %(length)d characters. Use %(max)d at most.",
    },
}
_VALIDATORS: Final[dict[type[validators.BaseValidator] | type[validators.ProhibitNullCharactersValidator], str]] = {
    validators.MaxLengthValidator: "Use %(limit_value)d characters at most. There are %(show_value)d.",
    validators.MinLengthValidator: "Use %(limit_value)d characters or more. There are %(show_value)d.",
    validators.MaxValueValidator: "Enter %(limit_value)s at most.",
    validators.MinValueValidator: "Enter %(limit_value)s or more.",
    validators.ProhibitNullCharactersValidator: "Type this again: it contains a character that cannot be shown.",
}
# About a file, they say enough.
_OF_ANY_FIELD: Final = [one for field, said in _FIELDS.items() if field != forms.FileField for one in said.values()]
_BEGINNINGS: Final = tuple(message.partition("%")[0] for message in [*_OF_ANY_FIELD, *_VALIDATORS.values()])


def use() -> None:
    """Put these words in force. Call it before the first form is made."""
    for field, messages in _FIELDS.items():
        field.default_error_messages = {**field.default_error_messages, **messages}
    for validator, message in _VALIDATORS.items():
        validator.message = message


def named(error: str, field: BoundField) -> str:
    """The error as it has to read on its own, since the words above do not name their field."""
    label = str(field.label)
    if not error.startswith(_BEGINNINGS) or label.lower() in error.lower():
        return error
    if label.endswith("?"):
        return f"{label} {error}"
    return f"{label}: {error[:1].lower()}{error[1:]}"
