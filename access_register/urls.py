"""The addresses of the Access Register, on Schools Online."""

from django.urls import include, path

from access_register.my_access import views as my_access_views
from access_register.our_data import views as our_data_views
from access_register.participation import views as participation_views
from access_register.register import bulk_views, line_views, paper_views, views
from access_register.sign_in import invitation_views

urlpatterns = [
    path("establishments/<urn:urn>/register/officers/", views.officers_here, name="officers_here"),
    path("establishments/<urn:urn>/register/", views.register, name="register"),
    path("establishments/<urn:urn>/register/add/", views.add_person, name="add_person"),
    path("establishments/<urn:urn>/register/review/", include("access_register.reviews.urls")),
    path("establishments/<urn:urn>/register/<int:line_id>/", views.change_line, name="change_line"),
    path("establishments/<urn:urn>/register/<int:line_id>/withdraw/", views.withdraw, name="withdraw"),
    path("", include("access_register.headships.urls")),
    path("", include("access_register.third_parties.urls")),
    path("establishments/<urn:urn>/register/<int:line_id>/narrow/", line_views.narrow, name="narrow"),
    path("establishments/<urn:urn>/register/<int:line_id>/suspend/", line_views.suspend, name="suspend"),
    path("establishments/<urn:urn>/register/<int:line_id>/resume/", line_views.resume, name="resume"),
    path("establishments/<urn:urn>/register/<int:line_id>/story/", line_views.story, name="story"),
    path("establishments/<urn:urn>/register/print/", paper_views.print_view, name="register_print"),
    path("establishments/<urn:urn>/register/as-it-was/", paper_views.as_it_was, name="register_then"),
    path("establishments/<urn:urn>/register/<int:line_id>/send/", invitation_views.send_again, name="send_again"),
    path("establishments/<urn:urn>/register/staff/", bulk_views.upload_staff, name="upload_staff"),
    path("establishments/<urn:urn>/register/staff/check/", bulk_views.check_staff, name="check_staff"),
    path("establishments/<urn:urn>/register/staff/template/<str:kind>/", bulk_views.template, name="staff_template"),
    path("establishments/<urn:urn>/register/copy/", bulk_views.copy_forward, name="copy_forward"),
    path("establishments/<urn:urn>/participation/leave/", participation_views.leave, name="leave_protocol"),
    path("establishments/<urn:urn>/participation/sign-up/", participation_views.join, name="join_protocol"),
    path("establishments/<urn:urn>/participation/people/", participation_views.responsible, name="responsible"),
    path("establishments/<urn:urn>/our-data/", our_data_views.our_data, name="our_data"),
    path("invitation/<str:token>/", invitation_views.invitation, name="invitation"),
    path("my-access/<int:line_id>/leave/", my_access_views.leave, name="leave"),
]
