"""The addresses of headships, on EduNet."""

from django.urls import path

from access_register import officer_views as views

urlpatterns = [
    path("handovers/", views.handovers, name="handovers"),
    path("handovers/<int:handover_id>/verify/", views.verify_successor, name="verify_successor"),
    path("establishments/<urn:urn>/headship/", views.headship, name="headship"),
    path("establishments/<urn:urn>/headship/name/", views.name_successor, name="name_successor"),
    path("establishments/<urn:urn>/headship/<int:handover_id>/cancel/", views.cancel_handover, name="cancel_handover"),
]
