"""The addresses of notes for a visit: `for_officers` on EduNet, `for_heads` on Schools Online."""

from django.urls import path

from sharing.pages import visit_notes as views

for_officers = [
    path("establishments/<urn:urn>/visit/", views.visit_page, name="visit_page"),
    path("establishments/<urn:urn>/visit/notes/<int:note_id>/", views.change_note, name="change_note"),
    path("establishments/<urn:urn>/visit/notes/<int:note_id>/remove/", views.remove_note, name="remove_note"),
]
for_heads = [path("establishments/<urn:urn>/officers-notes/", views.notes_to_head, name="notes_to_head")]
