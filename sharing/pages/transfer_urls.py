"""The addresses of transfers: `urlpatterns` on both sites, `for_officers` on EduNet too."""

from django.urls import path

from sharing.pages import transfer_files
from sharing.pages import transfers as views

urlpatterns = [
    path("establishments/<urn:urn>/transfers/", views.transfers, name="transfers"),
    path("establishments/<urn:urn>/transfers/<int:transfer_id>/answer/", views.answer, name="transfer_answer"),
    path("establishments/<urn:urn>/transfers/<int:transfer_id>/cancel/", views.cancel, name="transfer_cancel"),
    path("establishments/<urn:urn>/transfers/<int:transfer_id>/arrived/", views.arrived, name="transfer_arrived"),
    path(
        "establishments/<urn:urn>/transfers/<int:transfer_id>/file/", transfer_files.transfer_file, name="transfer_file"
    ),
    path("establishments/<urn:urn>/joiners-and-leavers/", views.joiners_and_leavers, name="joiners_and_leavers"),
    path("establishments/<urn:urn>/pupils/<uuid:pupil_id>/transfer/", views.begin, name="transfer_begin"),
    path(
        "establishments/<urn:urn>/pupils/<uuid:pupil_id>/transfer-file/", transfer_files.leaver_file, name="leaver_file"
    ),
    path("establishments/<urn:urn>/pupils/<uuid:pupil_id>/left/", views.left, name="pupil_left"),
]
for_officers = [
    path("transfers/", views.all_transfers, name="all_transfers"),
    path("transfers/from-outside/", views.from_outside, name="transfer_from_outside"),
    path("children-missing/", views.children_missing, name="children_missing"),
]
