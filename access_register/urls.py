"""The addresses of the Access Register, on Schools Online."""

from django.urls import path

from access_register import bulk_views, invitation_views, views

urlpatterns = [
    path("establishments/<urn:urn>/register/", views.register, name="register"),
    path("establishments/<urn:urn>/register/add/", views.add_person, name="add_person"),
    path("establishments/<urn:urn>/register/<int:line_id>/", views.change_line, name="change_line"),
    path("establishments/<urn:urn>/register/<int:line_id>/withdraw/", views.withdraw, name="withdraw"),
    path("establishments/<urn:urn>/register/<int:line_id>/send/", invitation_views.send_again, name="send_again"),
    path("invitation/<str:token>/", invitation_views.invitation, name="invitation"),
    path("establishments/<urn:urn>/register/staff/", bulk_views.upload_staff, name="upload_staff"),
    path("establishments/<urn:urn>/register/staff/check/", bulk_views.check_staff, name="check_staff"),
    path("establishments/<urn:urn>/register/staff/template/<str:kind>/", bulk_views.template, name="staff_template"),
    path("establishments/<urn:urn>/register/copy/", bulk_views.copy_forward, name="copy_forward"),
]
