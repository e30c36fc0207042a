"""The addresses of unusual patterns: `urlpatterns` on both sites, `for_officers` on EduNet too."""

from django.urls import path

from sharing.pages import unusual as views

urlpatterns = [
    path("establishments/<urn:urn>/unusual-patterns/", views.here, name="patterns_here"),
    path("unusual-patterns/<int:pattern_id>/", views.one, name="unusual_pattern"),
]
for_officers = [
    path("unusual-patterns/", views.everywhere, name="all_patterns"),
]
