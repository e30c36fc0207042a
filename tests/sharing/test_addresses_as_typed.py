"""A person's name and email address as people type and paste them into a form (R30)."""

import pytest
from django import forms

from sharing.pages.form_fields import address_field, name_field

ADDRESS = "sam.carter@supply.example"
PASTED = [f"Sam Carter <{ADDRESS}>", f"Carter, Sam <{ADDRESS}>; ", f"<{ADDRESS}>", f'"Sam Carter" < {ADDRESS} >,']


@pytest.mark.parametrize("typed", PASTED)
def test_an_address_comes_as_a_mail_program_copies_it(typed: str) -> None:
    assert address_field("Work email address", "Enter it.").clean(typed) == ADDRESS


@pytest.mark.parametrize("typed", ["sam.carter @supply.example", "sam carter@supply.example"])
def test_a_space_is_named_and_not_taken_out(typed: str) -> None:
    """Whose address it would be without the space, nobody knows: the invitation must not go to somebody else."""
    with pytest.raises(forms.ValidationError, match="has no spaces"):
        address_field("Work email address", "Enter it.").clean(typed)


@pytest.mark.parametrize("typed", ["Sam Carter", "Sam <sam>", f"<{ADDRESS}> <other@supply.example>"])
def test_what_is_no_address_is_asked_for_in_full(typed: str) -> None:
    with pytest.raises(forms.ValidationError, match="Enter the email address in full"):
        address_field("Work email address", "Enter it.").clean(typed)


def test_an_address_is_no_name() -> None:
    """Two fields stand above each other, and the person would be called by their address for good."""
    with pytest.raises(forms.ValidationError, match="This is an email address"):
        name_field("Full name", "Enter their full name.").clean(ADDRESS)
