"""What is typed about a request for a child's own records."""

from typing import Any

from django import forms

from sharing.door.subject_access import NewSubjectRequest
from sharing.models import SubjectRequest
from sharing.pages.form_fields import AS_IT_IS, TextArea, day_field, only_if
from sharing.pages.glass_forms import ExactlyForm


class SubjectRequestForm(ExactlyForm):
    """Whose records, who asks for them, how we know who they are, and when the request arrived."""

    requester = forms.CharField(
        label="Name of the person who asks",
        max_length=200,
        widget=forms.TextInput(attrs=AS_IT_IS),
        help_text="It is kept encrypted.",
        error_messages={"required": "Enter the name of the person who asks."},
    )
    asks = forms.ChoiceField(
        label="Who are they to the child?",
        choices=SubjectRequest.Asks,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose who they are to the child."},
    )
    identity = forms.ChoiceField(
        label="How was their identity checked?",
        choices=SubjectRequest.Check,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose how their identity was checked."},
    )
    received_on = day_field(
        "Day the request came",
        help_text="The answer is due one month later. If you had to ask who they are, enter the day when you knew. "
        "For example 31/8/2026.",
        missing="Enter the day the request came.",
        invalid="Enter the day as day, month and year, for example 31/8/2026.",
    )

    def request(self) -> NewSubjectRequest:
        return NewSubjectRequest(child=self.child(), **self.the_rest())


class SettleForm(forms.Form):
    """What has become of it."""

    step = forms.ChoiceField(
        label="What has become of it?",
        choices=[
            ("answered", "The answer was handed over"),
            ("refused", "The request is refused"),
            ("extended", "The answer needs two more months"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what has become of it."},
    )
    because = forms.CharField(
        label="If it is refused or takes longer, why?",
        max_length=2000,
        required=False,
        widget=TextArea(attrs={"rows": 3} | only_if("step", "refused", "extended")),
        help_text="Within the month, give this reason to the person who asks. If you refuse, say also that they can "
        "complain to the Information Commissioner, or go to court. The reason is kept encrypted.",
    )

    def __init__(self, *args: Any, may_extend: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_extend:
            step = self.fields["step"]
            step.choices = step.choices[:2]  # type: ignore[attr-defined]
            self.fields["because"].label = "If it is refused, why?"

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if told.get("step") in ("refused", "extended") and not told.get("because"):
            self.add_error("because", "Give the reason.")
        return told
