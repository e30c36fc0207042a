"""A person's name and email address as people type and paste them into a form (R30)."""

import pytest
from django import forms

from access_register.register.list_file import text_of
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


PASTED_NAMES = [
    ("Jan van\xa0der\xa0Berg", "Jan van der Berg"), ("Anna\tMaria", "Anna Maria"), ("Jean  Luc\u2003", "Jean Luc"),
    ("Zo\u200bë O’\u00adNeill", "Zoë O’Neill"), ("\u202eMüller", "Müller"), ("李", "李"),
]  # fmt: skip


@pytest.mark.parametrize(("pasted", "meant"), PASTED_NAMES, ids=[meant for _, meant in PASTED_NAMES])
def test_a_name_is_kept_as_it_is_seen(pasted: str, meant: str) -> None:
    """From a document a name comes with spaces that do not break, and “Jan vanderBerg” is found by nobody."""
    assert name_field("Full name", "Enter their full name.").clean(pasted) == meant
    assert text_of(pasted) == meant


@pytest.mark.parametrize("typed", ["\u200b", "\u00ad \u2060", "\xa0"])
def test_a_name_of_which_nothing_is_seen_is_no_name(typed: str) -> None:
    """R36: nobody stands on a list without a name."""
    with pytest.raises(forms.ValidationError, match="Enter their full name"):
        name_field("Full name", "Enter their full name.").clean(typed)
