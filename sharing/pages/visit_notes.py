"""Preparing a visit on EduNet, and what a head reads of officers' notes on Schools Online."""

from functools import partial

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from sharing import door
from sharing.pages.answers import form_page, is_done
from sharing.pages.form_fields import TextArea, version_field
from sharing.requests import PortalRequest, page_number


class NoteForm(forms.Form):
    """A note on an establishment."""

    text = forms.CharField(
        label="Your note",
        max_length=4000,
        widget=TextArea(attrs={"rows": 5}),
        help_text="Officers with a duty for this establishment read it. Name children only where the visit needs it.",
        error_messages={"required": "Write the note."},
    )
    for_head = forms.BooleanField(label="The head of the establishment reads it too", required=False)


class ChangeNoteForm(NoteForm):
    """A note to be changed. `version`: of the note as the form showed it."""

    version = version_field()


def visit_page(request: PortalRequest, urn: int) -> HttpResponse:
    found, form = door.show_visit(request.asker, urn, number=page_number(request)), NoteForm(request.POST or None)
    if form.is_valid():
        door.write_note(request.asker, urn, **form.cleaned_data)
        messages.success(request, "Your note is kept.")
        return redirect("visit_page", urn)
    return form_page(request, "visits/page.html", form, found=found)


def change_note(request: PortalRequest, urn: int, note_id: int) -> HttpResponse:
    found = door.show_note(request.asker, urn, note_id)
    now = {"text": found.note.text, "for_head": found.note.for_head, "version": found.version}
    form = ChangeNoteForm(request.POST or None, initial=now)
    if is_done(request, form, partial(door.change_note, request.asker, urn, note_id), "Your note is changed."):
        return redirect("visit_page", urn)
    return form_page(request, "visits/change.html", form, found=found)


@require_POST
def remove_note(request: PortalRequest, urn: int, note_id: int) -> HttpResponse:
    door.remove_note(request.asker, urn, note_id)
    messages.success(request, "Your note is removed.")
    return redirect("visit_page", urn)


def notes_to_head(request: PortalRequest, urn: int) -> HttpResponse:
    found = door.list_notes_to_head(request.asker, urn, number=page_number(request))
    return render(request, "visits/to_head.html", {"found": found})
