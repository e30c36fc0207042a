"""The addresses of the Access Register, on Schools Online."""

from django.urls import include, path

from access_register import views

urlpatterns = [
    path("establishments/<urn:urn>/register/", views.register, name="register"),
    path("establishments/<urn:urn>/register/add/", views.add_person, name="add_person"),
    path("establishments/<urn:urn>/register/<int:line_id>/", views.change_line, name="change_line"),
    path("establishments/<urn:urn>/register/<int:line_id>/withdraw/", views.withdraw, name="withdraw"),
    path("", include("access_register.headship_urls")),
    path("", include("access_register.third_party_urls")),
]
