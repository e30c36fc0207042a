"""The addresses of closed children: `for_officers` on EduNet, `for_heads` on Schools Online."""

from django.urls import path

from sharing.pages import closings as views

for_officers = [
    path("closed-children/", views.closings, name="closings"),
    path("closed-children/close/", views.close, name="close_child"),
    path("closed-children/<int:closing_id>/agree/", views.agree, name="agree_closing"),
    path("closed-children/<int:closing_id>/end/", views.end, name="end_closing"),
]
for_heads = [
    path("establishments/<urn:urn>/closed-records/", views.here, name="closings_here"),
    path("establishments/<urn:urn>/closed-records/<int:closing_id>/", views.agree_here, name="agree_closing_here"),
]
