"""The addresses of broken glasses: `urlpatterns` on both sites, `for_officers` on EduNet too."""

from django.urls import path

from sharing.pages import glass as views

urlpatterns = [
    path("establishments/<urn:urn>/opened-records/", views.here, name="openings_here"),
    path("establishments/<urn:urn>/opened-records/<int:opening_id>/", views.mark, name="mark_opening"),
]
for_officers = [
    path("break-glass/", views.look, name="look_for_a_child"),
    path("break-glass/reason/", views.break_glass, name="break_glass"),
    path("break-glass/to-look-at/", views.to_mark, name="openings_to_mark"),
    path("break-glass/yours/", views.mine, name="my_openings"),
    path("break-glass/yours/<int:opening_id>/explain/", views.explain, name="explain_opening"),
    path("break-glass/yours/<int:opening_id>/end/", views.end, name="end_opening"),
]
