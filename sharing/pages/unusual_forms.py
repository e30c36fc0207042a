"""What is said about an unusual pattern, on both sites."""

from django import forms

from sharing.pages.form_fields import TextArea

EXPLAIN, REFER = "explain", "refer"


class SettleForm(forms.Form):
    """Whether it is explained or referred; either needs a reason."""

    outcome = forms.ChoiceField(
        label="What is your answer to it?",
        choices=[
            (EXPLAIN, "There is a good reason"),
            (REFER, "It may be a breach of the protocol: refer it"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose whether there is a good reason, or whether you refer it."},
    )
    reason = forms.CharField(
        label="Why",
        max_length=2000,
        widget=TextArea(attrs={"rows": 4}),
        help_text="Say what you know, and from whom. Do not name any child. It is kept encrypted.",
        error_messages={"required": "Say why."},
    )
