"""The addresses of reports of misuse: `urlpatterns` on both sites, `for_officers` on EduNet too."""

from django.urls import path

from sharing.pages import misuse as views

urlpatterns = [
    path("report-misuse/<slug:page>/", views.report, name="report_misuse"),
    path("report-misuse/<slug:page>/<urn:urn>/", views.report, name="report_misuse_at"),
    path("your-reports/", views.mine, name="my_reports"),
    path("your-reports/<int:report_id>/", views.one, name="misuse_report"),
]
for_officers = [
    path("misuse-reports/", views.everybodys, name="misuse_reports"),
    path("misuse-reports/<int:report_id>/acknowledge/", views.acknowledge, name="acknowledge_misuse"),
    path("misuse-reports/<int:report_id>/close/", views.close, name="close_misuse"),
]
