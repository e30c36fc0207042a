"""The addresses of standard reports, on both sites."""

from django.urls import path

from sharing.pages import reports as views

urlpatterns = [
    path("establishments/<urn:urn>/reports/", views.reports, name="reports"),
    path("establishments/<urn:urn>/reports/progress/", views.reports_progress, name="reports_progress"),
    path("establishments/<urn:urn>/reports/<slug:report>/ask/", views.ask_for_report, name="ask_for_report"),
    path("establishments/<urn:urn>/reports/<slug:report>/", views.report_file, name="report_file"),
]
