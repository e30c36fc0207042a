"""The page for finding a child, for both front-ends.

What is typed is sent by POST, so it is in no address and no log. The session keeps what the pages of results need: the
words, the day and, instead of a UPN, only its blind index. Each search keeps its own, under a word in the address.
"""

from datetime import date
from typing import Any
from unicodedata import category

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from sharing import door
from sharing.crypto import blind_index
from sharing.days import day_of
from sharing.kept_names import keep, kept
from sharing.models.plain import words_of
from sharing.pages.answers import form_page
from sharing.pages.form_fields import AS_IT_IS, UpnForm, birth_field, upn_field
from sharing.requests import PortalRequest, page_number
from sharing.upn import tidy_upn, upn_problem

SEARCHED = "searched"  # in the session, and in the address
GONE = "What you searched for is no longer kept. Type it again."
SHORTEST_WORD = 2


class FindForm(UpnForm):
    """Part of a name, a UPN or a date of birth: at least one of them. If several are given, all must match."""

    named = forms.CharField(
        label="Name, or part of it",
        max_length=100,
        required=False,
        help_text="Forenames and surnames in any order. Capitals and accents make no difference. If no name is spelled "
        "like that, you see those that sound like it.",
        widget=forms.TextInput(attrs=AS_IT_IS),
    )
    upn = upn_field("All 13 characters. A former UPN finds the child too.")
    born_on = birth_field()

    def clean_named(self) -> str:
        """The name, refused if it is one letter, which would find half the city.

        A whole name of one letter is allowed, such as 李, which is a letter without a capital.
        """
        named = " ".join(self.cleaned_data["named"].replace("\0", "").split())
        if named and all(len(word) < SHORTEST_WORD and category(word) != "Lo" for word in words_of(named)):
            raise ValidationError("Type at least 2 letters of a name.")
        return named

    def clean(self) -> dict[str, Any]:
        """Take a UPN or a day in the field for a name as the UPN or the date of birth.

        Home pages have only that field.
        """
        named = self.cleaned_data.get("named", "")
        if day := day_of(named):
            if self.cleaned_data.get("born_on", day) not in (None, day):
                raise ValidationError({"named": "Enter the date of birth once."})
            self.cleaned_data |= {"named": "", "born_on": day}
        elif any(letter.isdigit() for letter in named):
            if problem := upn_problem(named):
                raise ValidationError({"named": f"A name has no digits. {problem}"})
            self.cleaned_data |= {"named": "", "upn": tidy_upn(named)}
        if not self.errors and not any(self.cleaned_data.values()):
            raise ValidationError("Type a name, a UPN or a date of birth.")
        return self.cleaned_data


def find_page(request: PortalRequest) -> HttpResponse:
    """The form; its search is answered at `found`."""
    why = door.may_find(request.asker)
    form = FindForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        typed = form.cleaned_data
        sought = {
            "named": typed["named"],
            "upn_key": blind_index(typed["upn"]) if typed["upn"] else None,
            "born_on": typed["born_on"].isoformat() if typed["born_on"] else None,
        }
        return redirect(f"{reverse('found')}?{SEARCHED}={keep(request, SEARCHED, sought)}")
    return form_page(request, "pupils/find.html", form, why=why)


def found_page(request: PortalRequest) -> HttpResponse:
    """The children whom that search finds now; with `alike=yes`, those whose names sound alike."""
    typed = kept(request, SEARCHED)
    if typed is None:
        if request.GET.get(SEARCHED):
            messages.warning(request, GONE)
        return redirect("find")
    born_on = date.fromisoformat(typed["born_on"]) if typed["born_on"] else None
    alike = request.GET.get("alike") == "yes" and bool(typed["named"]) and not typed["upn_key"]
    search = door.Search(typed["named"], typed["upn_key"], born_on, alike)
    found = door.find_children(request.asker, search=search, number=page_number(request))
    searched = f"{SEARCHED}={request.GET[SEARCHED]}"
    context = {"searched": searched, "query": f"{searched}&alike=yes" if alike else searched}
    return render(request, "pupils/found.html", context | {"found": found, "search": search})
