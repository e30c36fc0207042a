"""The addresses of pages with establishments side by side, on both sites."""

from django.urls import path

from sharing.pages import key_data as views

urlpatterns = [
    path("establishments/", views.establishments, name="establishments"),
    path("establishments/download/<slug:form>/", views.establishments_file, name="establishments_file"),
    path("establishments/<urn:urn>/dashboard/", views.dashboard, name="dashboard"),
    path("establishments/<urn:urn>/key-data/", views.key_data, name="key_data"),
    path("establishments/<urn:urn>/key-data/download/<slug:form>/", views.key_data_file, name="key_data_file"),
    path("school-finder/", views.school_finder, name="school_finder"),
]
