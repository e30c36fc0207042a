"""One form that fits every form of ours: each field that any of them has, with a value it may accept."""

import datetime
from importlib import import_module
from pkgutil import walk_packages
from typing import Any

from django import forms
from django.utils import timezone

OURS = ("access_register", "sharing", "edunet", "schools_online", "portal")


def every_form() -> list[type[forms.BaseForm]]:
    for package in OURS:
        for found in walk_packages(import_module(package).__path__, f"{package}."):
            if "migrations" not in found.name and "wsgi" not in found.name:
                import_module(found.name)
    found, todo = [], [forms.BaseForm]
    while todo:
        kind = todo.pop()
        todo += kind.__subclasses__()
        if kind.__module__.partition(".")[0] in OURS:
            found.append(kind)
    return found


def everything(words: str) -> dict[str, Any]:
    """Name of a field -> what is sent for it. Text fields get `words`."""
    sent: dict[str, Any] = {}
    for form in every_form():
        for name, field in form.base_fields.items():
            sent |= _for(name, field, words)
    return sent | {"version": 1, "text": words, "words": words, "reason": words}


def _for(name: str, field: forms.Field, words: str) -> dict[str, Any]:
    day = timezone.localdate() + datetime.timedelta(days=30)
    if isinstance(field, forms.FileField):
        return {}
    if isinstance(field, forms.MultiValueField):
        return {f"{name}_0": day.day, f"{name}_1": day.month, f"{name}_2": day.year}
    if isinstance(field, forms.BooleanField):
        return {name: "on"}
    if isinstance(field, forms.MultipleChoiceField | forms.ChoiceField):
        return {name: next((str(value) for value, _ in field.choices if value), words)}
    if isinstance(field, forms.DateField):
        return {name: f"{day:%d/%m/%Y}"}
    if isinstance(field, forms.IntegerField):
        return {name: 1}
    if isinstance(field, forms.EmailField):
        return {name: "somebody@beckside.example"}
    return {name: words[: getattr(field, "max_length", None) or 999]}
