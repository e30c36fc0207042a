"""The addresses that only EduNet has. Those of both sites are in `sharing/pages/urls.py`."""

from django.urls import include, path

from edunet import community_views, locality_views, saved_view_views, views
from sharing.pages import accuracy as accuracy_views
from sharing.pages import (
    advice_urls,
    closing_urls,
    confidential_urls,
    glass_urls,
    ledger_urls,
    misuse_urls,
    release_urls,
    retention_urls,
    service,
    subject_access_urls,
    transfer_urls,
    unusual_urls,
    visit_note_urls,
)

urlpatterns = [
    path("", views.home, name="home"),
    path("localities/", locality_views.localities, name="localities"),
    path("localities/<int:locality_id>/", locality_views.locality, name="locality"),
    path("establishments/<urn:urn>/locality/", locality_views.moving, name="moving"),
    path("establishments/<urn:urn>/locality/<int:move_id>/take-back/", locality_views.take_back, name="take_back_move"),
    path("community/", community_views.community, name="community"),
    path("community/types/add/", community_views.list_type, name="list_type"),
    path("community/types/<int:type_code>/end/", community_views.end_type, name="end_type"),
    path("community/centres/add/", community_views.add_centre, name="add_centre"),
    path("community/centres/<urn:urn>/close/", community_views.close_centre, name="close_centre"),
    path("community/centres/<urn:urn>/open/", community_views.reopen_centre, name="reopen_centre"),
    path("saved-views/<slug:page>/add/", saved_view_views.save_view, name="save_view"),
    path("saved-views/<int:view_id>/remove/", saved_view_views.forget_view, name="forget_view"),
    path("returns/", views.returns_across, name="returns_across"),
    path("accuracy/", accuracy_views.accuracy_desk, name="accuracy_desk"),
    path("imports/", include("sharing.pages.import_urls")),
    path("operations/", service.operations, name="operations"),
    *transfer_urls.for_officers,
    *closing_urls.for_officers,
    *glass_urls.for_officers,
    *misuse_urls.for_officers,
    *release_urls.for_officers,
    *confidential_urls.for_officers,
    *visit_note_urls.for_officers,
    *ledger_urls.for_officers,
    *retention_urls.for_officers,
    *advice_urls.for_officers,
    *unusual_urls.for_officers,
    *subject_access_urls.for_officers,
]
