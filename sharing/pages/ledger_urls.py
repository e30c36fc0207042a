"""The addresses of the ledger: `urlpatterns` on both sites, `for_heads` on Schools Online, `for_officers` on EduNet."""

from django.urls import path

from sharing.pages import ledger as views

urlpatterns = [
    path("ledger/seal/", views.seal, name="ledger_seal"),
    path("ledger/seal/heads.json", views.heads, name="ledger_heads"),
    path("establishments/<urn:urn>/ledger/", views.of_an_establishment, name="ledger"),
]
for_heads = [
    path("establishments/<urn:urn>/ledger/people/", views.of_whom, name="ledger_people"),
    path("establishments/<urn:urn>/pupils/<uuid:pupil_id>/ledger/", views.of_a_child, name="ledger_of_child"),
    path("establishments/<urn:urn>/staff/<uuid:member_id>/ledger/", views.of_a_member, name="ledger_of_member"),
]
for_officers = [
    path("ledger/", views.of_all, name="all_ledger"),
]
