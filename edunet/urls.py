"""The addresses of EduNet: the same as Schools Online's, without the register."""

from django.urls import include, path

from edunet import community_views, locality_views, saved_view_views, views
from sharing.pages import accuracy as accuracy_views
from sharing.pages import (
    caseload,
    closing_urls,
    confidential_urls,
    glass_urls,
    ledger_urls,
    misuse_urls,
    record_urls,
    release_urls,
    retention_urls,
    service,
    subject_access_urls,
    support_urls,
    transfer_urls,
    unusual_urls,
    visit_note_urls,
)
from sharing.pages import find as finding
from sharing.pages import transfer_files as files

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
    path("saved-views/<slug:page>/add/", saved_view_views.save_view, name="save_view"),
    path("saved-views/<int:view_id>/remove/", saved_view_views.forget_view, name="forget_view"),
    path("returns/", views.returns_across, name="returns_across"),
    path("accuracy/", accuracy_views.accuracy_desk, name="accuracy_desk"),
    path("find/", finding.find_page, name="find"),
    path("find/found/", finding.found_page, name="found"),
    path("establishments/<urn:urn>/imports/", include("sharing.pages.import_urls")),
    path("imports/", include("sharing.pages.import_urls")),
    path("establishments/<urn:urn>/transfers/<int:transfer_id>/file/", files.transfer_file, name="transfer_file"),
    path("establishments/<urn:urn>/pupils/<uuid:pupil_id>/transfer-file/", files.leaver_file, name="leaver_file"),
    path("operations/", service.operations, name="operations"),
    *record_urls.urlpatterns,
    *support_urls.urlpatterns,
    *transfer_urls.urlpatterns,
    *transfer_urls.for_officers,
    *caseload.urlpatterns,
    *closing_urls.for_officers,
    *glass_urls.urlpatterns,
    *glass_urls.for_officers,
    *misuse_urls.urlpatterns,
    *misuse_urls.for_officers,
    *release_urls.urlpatterns,
    *release_urls.for_officers,
    *confidential_urls.urlpatterns,
    *confidential_urls.for_officers,
    *visit_note_urls.for_officers,
    *ledger_urls.urlpatterns,
    *ledger_urls.for_officers,
    *retention_urls.for_officers,
    *unusual_urls.urlpatterns,
    *unusual_urls.for_officers,
    *subject_access_urls.for_officers,
]
