"""The addresses of retention, on EduNet."""

from django.urls import path

from sharing.pages import retention as views

for_officers = [
    path("retention/", views.retention, name="retention"),
    path("retention/ask/", views.ask, name="ask_for_disposal"),
    path("retention/disposals/<int:disposal_id>/", views.disposal, name="disposal"),
    path("retention/disposals/<int:disposal_id>/decide/", views.decide, name="decide_disposal"),
    path("retention/disposals/<int:disposal_id>/certificate.csv", views.certificate, name="certificate_of_disposal"),
    path("retention/holds/", views.holds, name="holds"),
    path("retention/holds/place/", views.place, name="place_hold"),
    path("retention/holds/<int:hold_id>/lift/", views.lift, name="lift_hold"),
]
