"""The addresses of EduNet: the same as Schools Online's, without the register."""

from django.urls import path

from edunet import views
from sharing.pages import release_urls

urlpatterns = [
    path("", views.home, name="home"),
    path("establishments/", views.establishments, name="establishments"),
    path("establishments/<urn:urn>/", views.establishment, name="establishment"),
    path("establishments/<urn:urn>/pupils/", views.pupils, name="pupils"),
    path("establishments/<urn:urn>/pupils/<uuid:pupil_id>/", views.pupil, name="pupil"),
    path("establishments/<urn:urn>/staff/", views.staff, name="staff"),
    *release_urls.urlpatterns,
    *release_urls.for_officers,
]
