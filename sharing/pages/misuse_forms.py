"""What is typed about a misuse, on both sites."""

import uuid
from typing import Any

from django import forms

from sharing.models import MisuseReport
from sharing.pages.form_fields import TextArea, only_if


class ReportForm(forms.Form):
    """What happened, and who. `form_key` makes one report of a form that is sent twice."""

    form_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    measure = forms.ChoiceField(label="Which figure is it about?", required=False)
    happened = forms.CharField(
        label="What happened?",
        max_length=4000,
        widget=TextArea(attrs={"rows": 6}),
        help_text="Say where and when the comparison was used, and for what. Do not name any child. It is kept "
        "encrypted. If it is referred, whoever the case is against will read this, and so will the panel.",
        error_messages={"required": "Say what happened."},
    )
    who = forms.CharField(
        label="Who did it, if you know (optional)",
        max_length=500,
        required=False,
        widget=TextArea(attrs={"rows": 2}),
        help_text="A person, a group or an organisation. It is kept encrypted, and only officers who look into it read "
        "it.",
    )

    def __init__(self, *args: Any, measures: tuple[tuple[str, str], ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if measures:
            choices = [("", "All of them, or I cannot say"), *measures]
            self.fields["measure"].choices = choices  # type: ignore[attr-defined]
        else:
            del self.fields["measure"]


class CloseForm(forms.Form):
    """What came of a report."""

    outcome = forms.ChoiceField(
        label="What was the outcome?",
        choices=MisuseReport.Outcome,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose the outcome."},
    )
    answer = forms.CharField(
        label="Your answer",
        max_length=2000,
        widget=TextArea(attrs={"rows": 4}),
        help_text="The person who reported it will read this.",
        error_messages={"required": "Write an answer, even if there was no misuse."},
    )
    by_managers = forms.TypedMultipleChoiceField(
        label="If it is referred, did one of these people do it? (optional)",
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple(only_if("outcome", MisuseReport.Outcome.TO_REFER)),
        help_text="They look at cases of breaches. Anybody you choose will not see this one.",
    )

    def __init__(self, *args: Any, managers: tuple[tuple[int, str], ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if managers:
            self.fields["by_managers"].choices = managers  # type: ignore[attr-defined]
        else:
            del self.fields["by_managers"]

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if told.get("by_managers") and told.get("outcome") in (
            MisuseReport.Outcome.NO_MISUSE,
            MisuseReport.Outcome.ADVICE,
        ):
            self.add_error(
                "by_managers", "If there was no misuse, nobody did it. Choose nobody here, or choose to refer it."
            )
        return told
