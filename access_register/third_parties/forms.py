"""What is typed on the pages of third parties."""

from datetime import date
from typing import Any

from django import forms

from access_register.levels import Level
from access_register.register.name_forms import AsksAboutTheName
from access_register.third_parties import documents
from access_register.third_parties.records import ContractRecord, Terms
from sharing.cannot import version_of
from sharing.files.safe_files import NotAcceptable
from sharing.pages.form_fields import (
    LONG_AGO,
    VisibleField,
    address_field,
    day_field,
    name_field,
    only_if,
    version_field,
)


class ContractForm(forms.Form):
    """A contract that binds an organisation to the protocol."""

    organisation = VisibleField(
        label="Name of the organisation",
        max_length=200,
        error_messages={"required": "Enter the name of the organisation."},
    )
    reference = forms.CharField(
        label="Reference of the contract",
        max_length=100,
        error_messages={"required": "Enter the reference of the contract."},
    )
    clause = forms.CharField(
        label="Which clause binds them to the data sharing protocol?",
        max_length=300,
        help_text="For example: clause 7, data protection.",
        error_messages={"required": "Say which clause binds them."},
    )
    starts_on = day_field("First day of the contract")
    ends_on = day_field("Last day of the contract", help_text="Access under it ends automatically on this day.")
    dbs_confirmed_on = day_field(
        "Day on which you confirmed their safeguarding (DBS) checks",
        help_text="You only need this if someone will see pupil information (Level 2).",
        required=False,
    )
    document = forms.FileField(
        label="The signed contract (optional)",
        required=False,
        help_text="A PDF, Word document (docx), PNG or JPEG of up to 5 MB. It is kept encrypted. If you do not upload "
        "it, keep the paper copy where you can show it.",
    )

    def clean_document(self) -> documents.Document | None:
        upload = self.cleaned_data["document"]
        try:
            return documents.read(upload) if upload else None
        except NotAcceptable as problem:
            raise forms.ValidationError(str(problem)) from None

    def terms(self) -> Terms:
        return Terms(**self.cleaned_data)


class ThirdPartyForm(AsksAboutTheName):
    """A person under a contract. Level 3 is preset (R25, R34)."""

    field_order = ["name", "email", "other_name"]

    name = name_field("Full name", "Enter their full name.")
    email = address_field(
        "Email address at their organisation",
        "Enter their email address at the organisation.",
        help_text="Not a webmail address.",
    )
    level = forms.TypedChoiceField(
        label="Which level?",
        choices=[
            (Level.THREE.value, "Level 3: establishment information. Right for most third parties"),
            (Level.TWO.value, "Level 2: pupil and establishment information. Needs a safeguarding (DBS) check"),
        ],
        coerce=int,
        initial=Level.THREE.value,
        widget=forms.RadioSelect,
    )
    basis_words = forms.CharField(
        label="For Level 2: why do they need pupil information?",
        max_length=300,
        required=False,
        widget=forms.TextInput(only_if("level", Level.TWO)),
    )
    ends_on = day_field("Last day, if it is before the contract ends", required=False)
    confirm = forms.BooleanField(
        label="For Level 2: this person needs it for their work here, and it is within data-protection law.",
        required=False,
        widget=forms.CheckboxInput(only_if("level", Level.TWO)),
    )

    def typed(self) -> dict[str, Any]:
        """What was typed, even if the form is incomplete."""
        kept: dict[str, Any] = {"name": "", "email": "", "level": Level.THREE, "ends_on": None} | self.cleaned_data
        return {name: value for name, value in kept.items() if name != "confirm"} | {"level": Level(kept["level"])}

    def clean(self) -> dict[str, Any]:
        typed = self.cleaned_data
        if typed.get("level") == Level.TWO and not typed.get("confirm"):
            self.add_error("confirm", "Confirm that this person needs Level 2.")
        return typed


class DayForm(forms.Form):
    """One day, for the check or for the certificate. `known`: the one on record."""

    version = version_field()
    on = day_field("Day", LONG_AGO)

    def __init__(self, *args: Any, label: str, known: date | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {"on": known, "version": version_of(known)}
        self.fields["on"].label = label


class ContractDaysForm(DayForm):
    """The days of a contract: the last day and, until somebody under it was let in, the first."""

    field_order = ["starts_on", "on"]
    starts_on = day_field("First day of the contract")

    def __init__(self, *args: Any, contract: ContractRecord, **kwargs: Any) -> None:
        super().__init__(*args, label="Last day of the contract", known=contract.ends_on, **kwargs)
        first, last = contract.starts_on, contract.ends_on
        self.initial = {"starts_on": first, "on": last, "version": version_of(first, last)}
        if contract.lets_people_in:
            del self.fields["starts_on"]
