"""The addresses of breaches: `urlpatterns` on both sites, `for_officers` on EduNet too."""

from django.urls import path

from access_register.breaches import views

urlpatterns = [
    path("breaches/", views.breaches, name="breaches"),
    path("establishments/<urn:urn>/breaches/", views.breaches, name="breaches_from"),
    path("establishments/<urn:urn>/suspension/", views.suspension, name="suspension"),
    path("breaches/report/", views.report_breach, name="report_breach"),
    path("breaches/<int:breach_id>/", views.breach, name="breach"),
    path("breaches/<int:breach_id>/vote/", views.vote, name="breach_vote"),
    path("breaches/<int:breach_id>/answer/", views.answer, name="breach_answer"),
    path("breaches/<int:breach_id>/appeal/", views.appeal, name="breach_appeal"),
    path("breaches/<int:breach_id>/again/", views.again, name="breach_again"),
    path("breaches/<int:breach_id>/told/", views.tell, name="breach_tell"),
]
for_officers = [
    path("breaches/<int:breach_id>/concerned/", views.concern, name="breach_concern"),
    path("breaches/<int:breach_id>/refer/", views.refer, name="breach_refer"),
    path("breaches/<int:breach_id>/evidence/", views.evidence, name="breach_evidence"),
    path("breaches/<int:breach_id>/panel/", views.panel, name="breach_seat"),
]
