"""What a head ticks on the page of the termly review."""

from typing import Any, cast

from django import forms

from access_register.reviews.records import ReviewPage


def as_marks(marks: list[str]) -> dict[int, int]:
    """line -> version, from marks such as "7-2"."""
    return {int(line): int(version) for line, version in (mark.split("-") for mark in marks)}


class ReviewForm(forms.Form):
    """The people whom the head has looked at and confirms, by the marks of their lines."""

    lines = forms.MultipleChoiceField(
        label="People to confirm",
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Tick the people you want to confirm.",
            "invalid_choice": "This page has changed since you opened it. Look through it again.",
        },
    )

    def __init__(self, *args: Any, page: ReviewPage, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [(line.mark, line.name) for line in page.to_confirm if line.may_confirm]
        cast(forms.MultipleChoiceField, self.fields["lines"]).choices = offered


class VersionForm(forms.Form):
    """The version of the one line whose button was pressed."""

    version = forms.IntegerField(min_value=1, max_value=2**31 - 1)
