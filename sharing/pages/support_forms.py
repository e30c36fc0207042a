"""What is typed about offers of support, on Schools Online."""

from django import forms

from sharing.door.support import NewOffer
from sharing.models.support import Challenge
from sharing.pages.form_fields import TextArea, day_field, version_field

NO_NAMES = "Do not name any child or member of staff: everybody who takes part can read this."


class OfferForm(forms.Form):
    """What is offered, to whom, how to join, and until when."""

    challenge = forms.ChoiceField(
        label="Which challenge is it about?",
        choices=[("", "Choose one"), *Challenge.choices],
        error_messages={"required": "Choose the challenge."},
    )
    what = forms.CharField(
        label="What do you do about it?",
        max_length=2000,
        widget=TextArea(attrs={"rows": 6}),
        help_text=NO_NAMES,
        error_messages={"required": "Say what you do about it."},
    )
    for_whom = forms.CharField(
        label="Who can join?",
        max_length=300,
        help_text="For example, primary schools with children new to English.",
        error_messages={"required": "Say who can join."},
    )
    how = forms.CharField(
        label="How do they join?",
        max_length=500,
        widget=TextArea(attrs={"rows": 2}),
        help_text="They can ask you here. Your office’s telephone number is shown beside it. Give a role, not a "
        "person’s name or address.",
        error_messages={"required": "Say how they join."},
    )
    until = day_field("Last day of the offer")

    def wish(self) -> NewOffer:
        return NewOffer(**{name: self.cleaned_data[name] for name in NewOffer.__dataclass_fields__})


class ChangeOfferForm(OfferForm):
    """An existing offer, to be changed."""

    version = version_field()


class AskForm(forms.Form):
    """What an establishment writes to ask for support."""

    words = forms.CharField(
        label="What would you like?",
        max_length=2000,
        widget=TextArea(attrs={"rows": 5}),
        help_text="Say whether you want to join or to be contacted first, and what it is about. Do not name any child. "
        "Level 1 of both establishments will read it.",
        error_messages={"required": "Say what you would like."},
    )


class AnswerForm(forms.Form):
    """Yes or no, with words."""

    accepts = forms.TypedChoiceField(
        label="Your answer",
        choices=[("yes", "Accept"), ("no", "Decline")],
        widget=forms.RadioSelect,
        coerce=lambda typed: typed == "yes",
        error_messages={"required": "Choose an answer."},
    )
    answer = forms.CharField(
        label="What should they know?",
        max_length=2000,
        widget=TextArea(attrs={"rows": 4}),
        help_text="Say when to start and which role to call, or why it does not fit. Do not name any child.",
        error_messages={"required": "Write a sentence for those who asked."},
    )
