"""The addresses of a headship, on Schools Online."""

from django.urls import path

from access_register.headships import headship_views, views

urlpatterns = [
    path("establishments/<urn:urn>/register/headship/", headship_views.headship, name="headship"),
    path("establishments/<urn:urn>/register/headship/name/", headship_views.name_successor, name="name_successor"),
    path(
        "establishments/<urn:urn>/register/headship/<int:handover_id>/cancel/",
        headship_views.cancel_handover,
        name="cancel_handover",
    ),
    path("establishments/<urn:urn>/register/confirm/", views.confirm_register, name="confirm_register"),
    path("headship/<int:handover_id>/", views.offer, name="headship_offer"),
]
