"""The addresses of Deeper Data and of a school's own groups, on both sites."""

from django.urls import path

from sharing.pages import deeper as views
from sharing.pages import groups

urlpatterns = [
    path("establishments/<urn:urn>/deeper/", views.deeper, name="deeper"),
    path("establishments/<urn:urn>/deeper/children/", views.behind_bar, name="behind_bar"),
    path("establishments/<urn:urn>/deeper/download/<slug:form>/", views.deeper_file, name="deeper_file"),
    path("establishments/<urn:urn>/groups/", groups.own_groups, name="own_groups"),
    path("establishments/<urn:urn>/groups/add/", groups.make_own_group, name="make_own_group"),
    path("establishments/<urn:urn>/groups/<int:group_id>/", groups.own_group, name="own_group"),
    path("establishments/<urn:urn>/groups/<int:group_id>/change/", groups.change_own_group, name="change_own_group"),
    path(
        "establishments/<urn:urn>/groups/<int:group_id>/children/", groups.own_group_members, name="own_group_members"
    ),
    path("establishments/<urn:urn>/groups/<int:group_id>/archive/", groups.archive_own_group, name="archive_own_group"),
]
