"""The addresses of an establishment, its pupils and its staff, on both sites."""

from django.urls import path

from sharing.pages import records

urlpatterns = [
    path("establishments/<urn:urn>/", records.establishment, name="establishment"),
    path("establishments/<urn:urn>/pupils/", records.pupils, name="pupils"),
    path("establishments/<urn:urn>/pupils/columns/", records.pupil_columns, name="pupil_columns"),
    path("establishments/<urn:urn>/pupils/<uuid:pupil_id>/", records.pupil, name="pupil"),
    path("establishments/<urn:urn>/staff/", records.staff, name="staff"),
    path("establishments/<urn:urn>/staff/<uuid:member_id>/", records.member, name="member"),
]
