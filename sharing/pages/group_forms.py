"""What is typed about a school's own group."""

from typing import Any

from django import forms
from django.http import HttpRequest

from sharing.door.own_groups import Wanted
from sharing.models import OwnGroup
from sharing.pages.form_fields import VisibleField, only_if, version_field
from sharing.records.own_groups import GroupToMake


class GroupForm(forms.Form):
    """The name and, for a new group, how it is made; then the criteria, or what a group made by hand gives away."""

    name = VisibleField(
        label="Name of the group",
        max_length=100,
        help_text="People who see the pupils here can read it. It is kept encrypted.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Give the group a name."},
    )
    kind = forms.ChoiceField(
        label="How is it made?",
        choices=[
            (OwnGroup.Kind.BY_CRITERIA, "By criteria: every child who meets them on the day"),
            (OwnGroup.Kind.BY_HAND, "By hand: you choose the children afterwards"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Say how the group is made.", "invalid_choice": "Say how the group is made."},
    )
    tells = forms.MultipleChoiceField(
        label="If you make the group by hand, does being in it reveal any of these?",
        help_text="If the head withholds it from somebody, the group is withheld from them too.",
        required=False,
        widget=forms.CheckboxSelectMultiple(only_if("kind", OwnGroup.Kind.BY_HAND)),
    )

    def __init__(self, *args: Any, found: GroupToMake, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tells"].choices = found.kinds  # type: ignore[attr-defined]
        offered = [one for one in found.offered if one.options]  # without children there is no year group to tick
        for one in offered:
            self.fields[one.key] = forms.MultipleChoiceField(
                label=one.label,
                choices=one.options,
                required=False,
                widget=forms.CheckboxSelectMultiple(only_if("kind", OwnGroup.Kind.BY_CRITERIA)),
            )
        self.criteria = [one.key for one in offered]
        if found.group:
            self.fields["version"] = version_field()
            del self.fields["kind"]
            for name in self.criteria if found.group.by_hand else ["tells"]:
                del self.fields[name]

    def wanted(self) -> Wanted:
        told = self.cleaned_data
        criteria = {key: told.get(key, []) for key in self.criteria}
        return Wanted(told["name"], told.get("kind", ""), criteria, told.get("tells", []))


def initial_of(found: GroupToMake) -> dict[str, Any]:
    """What the form of an existing group starts with."""
    chosen = {one.key: list(one.chosen) for one in found.offered}
    told = {"tells": list(found.told), "version": found.version}
    return chosen | {"name": found.group.name} | told if found.group else {}


def year_typed(request: HttpRequest) -> str:
    return request.GET.get("year_group", "").replace("\0", "")[:2]
