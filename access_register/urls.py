"""The addresses of the Access Register, on Schools Online."""

from django.urls import path

from access_register import my_access_views, views

urlpatterns = [
    path("establishments/<urn:urn>/register/", views.register, name="register"),
    path("establishments/<urn:urn>/register/add/", views.add_person, name="add_person"),
    path("establishments/<urn:urn>/register/<int:line_id>/", views.change_line, name="change_line"),
    path("establishments/<urn:urn>/register/<int:line_id>/withdraw/", views.withdraw, name="withdraw"),
    path("my-access/<int:line_id>/leave/", my_access_views.leave, name="leave"),
]
