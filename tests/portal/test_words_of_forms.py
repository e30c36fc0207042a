"""What a form says where something is missing: in words of its own, so that one knows what to do (R30)."""

import importlib
import pkgutil
import re

import pytest
from django import forms

import access_register
import sharing.pages
from access_register.sign_in.forms import AskedFor
from sharing.demo.places import BECKSIDE
from tests.people import EDUNET, client

OF_ANY_FIELD = forms.Field.default_error_messages["required"]
STOCK = re.compile("Ensure|Select|Enter a valid|Enter a list|This field|Null|“|No file|The submitted")


def _forms() -> list[type[forms.Form]]:
    for package in (access_register, sharing.pages):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if module.name.rpartition(".")[2].endswith("forms"):
                importlib.import_module(module.name)

    def below(form: type[forms.Form]) -> list[type[forms.Form]]:
        return [one for child in form.__subclasses__() for one in (child, *below(child))]

    ours = (form for form in below(forms.Form) if form.__module__.startswith(("access_register", "sharing")))
    # Those of signing in get their words when one is made: tests/portal/test_sign_in.py.
    return list(dict.fromkeys(form for form in ours if not issubclass(form, AskedFor)))


@pytest.mark.parametrize("form", _forms(), ids=lambda form: f"{form.__module__}.{form.__name__}")
def test_what_is_missing_is_asked_for_in_words(form: type[forms.Form]) -> None:
    """Fields that somebody fills in; a choice that is preset cannot be missing."""
    empty = [
        name
        for name, field in form.base_fields.items()
        if field.required
        and field.label
        and field.initial is None
        and not field.widget.is_hidden
        and field.error_messages["required"] == OF_ANY_FIELD
    ]
    assert empty == []


@pytest.mark.parametrize("form", _forms(), ids=lambda form: f"{form.__module__}.{form.__name__}")
def test_a_wrong_e_mail_address_is_answered_with_an_example(form: type[forms.Form]) -> None:
    for name, field in form.base_fields.items():
        if isinstance(field, forms.EmailField):
            assert "for example" in str(field.error_messages["invalid"]), name


@pytest.mark.parametrize("form", _forms(), ids=lambda form: f"{form.__module__}.{form.__name__}")
def test_what_the_browser_lets_one_type_is_not_too_long(form: type[forms.Form]) -> None:
    """R30: an end of a line is one character for `maxlength`, and arrives as two."""
    for name, field in form.base_fields.items():
        if isinstance(field.widget, forms.Textarea) and isinstance(field, forms.CharField) and field.max_length:
            sent = "a\r\n" * (field.max_length // 2)
            assert "\r" not in field.clean(field.widget.value_from_datadict({name: sent}, {}, name)), name


@pytest.mark.parametrize("form", _forms(), ids=lambda form: f"{form.__module__}.{form.__name__}")
def test_no_error_is_in_the_words_of_djangos_developers(form: type[forms.Form]) -> None:
    """R30: "Ensure this value", "Select a valid choice" say neither what is wrong nor what to do."""
    for name, field in form.base_fields.items():
        checks = [one for one in field.validators if getattr(one, "code", "") not in field.error_messages]
        said = [*field.error_messages.values(), *(one.message for one in checks if hasattr(one, "message"))]
        assert [one for one in said if STOCK.match(str(one))] == [], name


@pytest.mark.django_db
def test_the_summary_names_the_field_of_an_error_that_does_not() -> None:
    page = client("officer-data", EDUNET).post(f"/establishments/{BECKSIDE}/visit/", {"text": "a" * 4001})
    assert page.status_code == 422
    summary, _, below = page.content.decode().partition("</h1>")
    assert "Your note: use 4000 characters at most. There are 4001.</a>" in summary
    assert "Use 4000 characters at most. There are 4001." in below


@pytest.mark.django_db
def test_a_field_that_asks_is_named_by_its_question() -> None:
    """“When did you notice?: enter” is no sentence."""
    page = client("officer-data", EDUNET).post("/breaches/report/", {"aware_at": "yesterday"})
    summary = page.text.partition("</h1>")[0]
    assert ">When did you notice? Enter the day and the time, for example 31/8/2026 14:30.</a>" in summary
    assert "?:" not in summary


@pytest.mark.django_db
def test_the_summary_leaves_an_error_that_names_its_field_as_it_is() -> None:
    """R30: "Full name: enter their full name" says one thing twice."""
    page = client("head-beckside").post(f"/establishments/{BECKSIDE}/register/add/", {"email": ""})
    assert page.status_code == 422
    summary, _, _ = page.content.decode().partition("</h1>")
    assert ">Enter their full name.</a>" in summary
    assert "Full name:" not in summary


def test_a_field_to_fill_in_is_no_invalid_entry_before_anything_is_typed() -> None:
    """R30: Firefox tells a screen reader that an empty field with `required`, or its fieldset, is an invalid entry."""

    class Asked(forms.Form):
        name = forms.CharField()
        reason = forms.CharField(widget=forms.Textarea)
        looked = forms.BooleanField()
        level = forms.ChoiceField(choices=[("2", "Level 2")], widget=forms.RadioSelect)
        file = forms.FileField()

    shown = str(Asked())
    assert " required" not in shown
    assert shown.count(' aria-required="true"') == 3
