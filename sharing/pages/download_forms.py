"""What is chosen before anything is taken away, and said when it is destroyed, on both sites."""

from typing import Any

from django import forms

from sharing.models import Download

_FORMS = (Download.Form.WORKBOOK, Download.Form.PDF, Download.Form.PAPER)


class AskForm(forms.Form):
    """For what purpose, and in which form. Somebody's first time also asks them to say that they know their duties."""

    purpose = forms.ChoiceField(
        label="What do you need it for?",
        choices=[
            (purpose.value, f"{purpose.label} (destroy within {Download.DAYS[purpose]} days)")
            for purpose in Download.Purpose
            if purpose not in (Download.Purpose.TRANSFER, Download.Purpose.SUBJECT)
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what you need it for."},
    )
    form = forms.ChoiceField(
        label="What form do you want it in?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose the form you want it in."},
    )
    knows_duties = forms.BooleanField(
        label="I have read what I must do with it, and I will do it",
        error_messages={"required": "Read what you must do with it, and say that you will."},
    )

    def __init__(self, *args: Any, is_first: bool, can_make_pdf: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [one for one in _FORMS if can_make_pdf or one != Download.Form.PDF]
        self.fields["form"].choices = [(one.value, one.label) for one in offered]  # type: ignore[attr-defined]
        if not is_first:
            del self.fields["knows_duties"]


class DisposalForm(forms.Form):
    """How it was destroyed."""

    how = forms.ChoiceField(
        label="How did you destroy it?",
        choices=[(how.value, how.label) for how in Download.How if how != Download.How.WRITTEN],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose how you destroyed it."},
    )


class NoteForm(forms.Form):
    """Which download is destroyed, as sent by the page's own button."""

    download = forms.IntegerField(min_value=1, max_value=2**63 - 1)
