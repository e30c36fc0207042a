"""The addresses of subject access: the information manager's, and the head's."""

from django.urls import path

from sharing.pages import subject_access as views

_OF_SCHOOL = "establishments/<urn:urn>/subject-access"

for_officers = [
    path("subject-access/", views.requests, name="subject_requests"),
    path("subject-access/record/", views.record, name="record_subject_request"),
    path("subject-access/<int:request_id>/", views.one, name="subject_request"),
    path("subject-access/<int:request_id>/prepare/", views.prepare, name="prepare_answer"),
]
for_heads = [
    path(f"{_OF_SCHOOL}/", views.requests, name="subject_requests"),
    path(f"{_OF_SCHOOL}/record/", views.record, name="record_subject_request"),
    path(f"{_OF_SCHOOL}/<int:request_id>/", views.one, name="subject_request"),
    path(f"{_OF_SCHOOL}/<int:request_id>/prepare/", views.prepare, name="prepare_answer"),
]
