"""The addresses that only Schools Online has, except those of the register (access_register). Those of both sites are
in `sharing/pages/urls.py`."""

from django.urls import path

from schools_online import views
from sharing.pages import (
    closing_urls,
    confidential_urls,
    ledger_urls,
    service,
    subject_access_urls,
    support_urls,
    visit_note_urls,
)

urlpatterns = [
    path("", views.home, name="home"),
    path("acting-for/", views.act_for, name="act_for"),
    path("establishments/<urn:urn>/pupils/own-list/", views.own_list, name="own_list"),
    path("health/", service.health, name="health"),
    *support_urls.for_schools,
    *closing_urls.for_heads,
    *visit_note_urls.for_heads,
    *confidential_urls.for_heads,
    *ledger_urls.for_heads,
    *subject_access_urls.for_heads,
]
