"""The addresses of the Access Register, on Schools Online."""

from django.urls import path

from access_register import invitation_views, views

urlpatterns = [
    path("establishments/<urn:urn>/register/", views.register, name="register"),
    path("establishments/<urn:urn>/register/add/", views.add_person, name="add_person"),
    path("establishments/<urn:urn>/register/<int:line_id>/", views.change_line, name="change_line"),
    path("establishments/<urn:urn>/register/<int:line_id>/withdraw/", views.withdraw, name="withdraw"),
    path("establishments/<urn:urn>/register/<int:line_id>/send/", invitation_views.send_again, name="send_again"),
    path("invitation/<str:token>/", invitation_views.invitation, name="invitation"),
]
