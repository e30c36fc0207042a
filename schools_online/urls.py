"""The addresses of Schools Online. The register's are access_register's own (portal.urls.schools_online)."""

from django.urls import path

from schools_online import views
from sharing.pages import release_urls

urlpatterns = [
    path("", views.home, name="home"),
    path("acting-for/", views.act_for, name="act_for"),
    path("establishments/", views.establishments, name="establishments"),
    path("establishments/<urn:urn>/", views.establishment, name="establishment"),
    path("establishments/<urn:urn>/pupils/", views.pupils, name="pupils"),
    path("establishments/<urn:urn>/pupils/<uuid:pupil_id>/", views.pupil, name="pupil"),
    path("establishments/<urn:urn>/staff/", views.staff, name="staff"),
    *release_urls.urlpatterns,
]
