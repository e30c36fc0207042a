"""The addresses at which files are brought in: beneath an establishment's, and on EduNet beneath the site's own."""

from django.urls import path

from sharing.pages import imports as views

urlpatterns = [
    path("", views.imports, name="imports"),
    path("add/", views.bring_in, name="bring_in"),
    path("<int:import_id>/", views.one_import, name="import"),
    path("<int:import_id>/progress/", views.progress, name="import_progress"),
    path("<int:import_id>/report/", views.report, name="import_report"),
    path("<int:import_id>/people/", views.people, name="import_people"),
    path("<int:import_id>/settle/", views.settle, name="settle_import"),
]
