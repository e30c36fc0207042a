"""The addresses of headships, and of officers and their duties, on EduNet."""

from django.urls import path

from access_register.breaches.urls import for_officers as breaches_for_officers
from access_register.casework import views as casework_views
from access_register.headships import first_head_views, headship_views, officer_views
from access_register.officers import purpose_views
from access_register.officers import views as duty_views

urlpatterns = [
    *breaches_for_officers,
    path("officers/", duty_views.officers, name="officers"),
    path("officers/add/", duty_views.add_officer, name="add_officer"),
    path("officers/former/", duty_views.former_officers, name="former_officers"),
    path("officers/<int:appointment_id>/", duty_views.officer, name="officer"),
    path("officers/<int:appointment_id>/change/", duty_views.change_officer, name="change_officer"),
    path(
        "officers/<int:appointment_id>/notes/<int:note_id>/remove/",
        duty_views.remove_left_note,
        name="remove_left_note",
    ),
    path("officers/<int:appointment_id>/confirm/", duty_views.confirm_officer, name="confirm_officer"),
    path("officers/<int:appointment_id>/duty/", duty_views.give_duty, name="give_duty"),
    path("officers/<int:appointment_id>/remote/", duty_views.authorise_remote_use, name="authorise_remote_use"),
    path("officers/<int:appointment_id>/end/", duty_views.end_appointment, name="end_appointment"),
    path("officers/<int:appointment_id>/duty/<int:duty_id>/end/", duty_views.end_duty, name="end_duty"),
    path("officers/<int:appointment_id>/duty/<int:duty_id>/confirm/", duty_views.confirm_duty, name="confirm_duty"),
    path(
        "officers/<int:appointment_id>/remote/<int:authorisation_id>/end/",
        duty_views.end_remote_use,
        name="end_remote_use",
    ),
    path("officers/<int:appointment_id>/casework/", casework_views.give_casework, name="give_casework"),
    path("officers/<int:appointment_id>/casework/<int:duty_id>/", casework_views.show, name="casework"),
    path(
        "officers/<int:appointment_id>/casework/<int:duty_id>/<int:named_id>/take-out/",
        casework_views.take_out,
        name="take_child_out",
    ),
    path("legal-overrides/", casework_views.all_orders, name="orders"),
    path("legal-overrides/record/", casework_views.record_order, name="record_order"),
    path("legal-overrides/to-authorise/", casework_views.to_authorise, name="orders_to_authorise"),
    path("legal-overrides/<int:order_id>/authorise/", casework_views.authorise, name="authorise_order"),
    path("legal-overrides/<int:order_id>/end/", casework_views.end_order, name="end_order"),
    path("community/heads/", first_head_views.without_head, name="without_head"),
    path("community/heads/<urn:urn>/", first_head_views.first_head, name="first_head"),
    path("community/heads/list/", first_head_views.upload_heads, name="upload_heads"),
    path("community/heads/list/check/", first_head_views.check_heads, name="check_heads"),
    path("community/heads/list/template/", first_head_views.heads_template, name="heads_template"),
    path("purpose/", purpose_views.session_purpose, name="session_purpose"),
    path("handovers/", officer_views.handovers, name="handovers"),
    path("handovers/<int:handover_id>/verify/", officer_views.verify_successor, name="verify_successor"),
    path("establishments/<urn:urn>/headship/", headship_views.headship, name="headship"),
    path("establishments/<urn:urn>/headship/name/", headship_views.name_successor, name="name_successor"),
    path(
        "establishments/<urn:urn>/headship/<int:handover_id>/cancel/",
        headship_views.cancel_handover,
        name="cancel_handover",
    ),
]
