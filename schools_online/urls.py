"""The addresses of Schools Online. The register's are access_register's own (portal.urls.schools_online)."""

from django.urls import include, path

from schools_online import views
from sharing.pages import (
    caseload,
    closing_urls,
    confidential_urls,
    glass_urls,
    ledger_urls,
    misuse_urls,
    record_urls,
    release_urls,
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
    path("acting-for/", views.act_for, name="act_for"),
    path("find/", finding.find_page, name="find"),
    path("find/found/", finding.found_page, name="found"),
    path("establishments/<urn:urn>/imports/", include("sharing.pages.import_urls")),
    path("establishments/<urn:urn>/transfers/<int:transfer_id>/file/", files.transfer_file, name="transfer_file"),
    path("establishments/<urn:urn>/pupils/<uuid:pupil_id>/transfer-file/", files.leaver_file, name="leaver_file"),
    path("health/", service.health, name="health"),
    *record_urls.urlpatterns,
    *support_urls.urlpatterns,
    *support_urls.for_schools,
    *transfer_urls.urlpatterns,
    *caseload.urlpatterns,
    *closing_urls.for_heads,
    *visit_note_urls.for_heads,
    *glass_urls.urlpatterns,
    *misuse_urls.urlpatterns,
    *release_urls.urlpatterns,
    *confidential_urls.urlpatterns,
    *confidential_urls.for_heads,
    *ledger_urls.urlpatterns,
    *ledger_urls.for_heads,
    *unusual_urls.urlpatterns,
    *subject_access_urls.for_heads,
]
