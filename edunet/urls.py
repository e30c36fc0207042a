"""The addresses of EduNet: the same as Schools Online's, without the register."""

from django.urls import include, path

from edunet import views
from sharing.pages import accuracy as accuracy_views
from sharing.pages import confidential_urls, ledger_urls, misuse_urls, release_urls, transfer_urls
from sharing.pages import find as finding
from sharing.pages import transfer_files as files

urlpatterns = [
    path("", views.home, name="home"),
    path("accuracy/", accuracy_views.accuracy_desk, name="accuracy_desk"),
    path("find/", finding.find_page, name="find"),
    path("find/found/", finding.found_page, name="found"),
    path("establishments/<urn:urn>/", views.establishment, name="establishment"),
    path("establishments/<urn:urn>/pupils/", views.pupils, name="pupils"),
    path("establishments/<urn:urn>/pupils/columns/", views.pupil_columns, name="pupil_columns"),
    path("establishments/<urn:urn>/pupils/<uuid:pupil_id>/", views.pupil, name="pupil"),
    path("establishments/<urn:urn>/staff/", views.staff, name="staff"),
    path("establishments/<urn:urn>/imports/", include("sharing.pages.import_urls")),
    path("imports/", include("sharing.pages.import_urls")),
    path("establishments/<urn:urn>/staff/<uuid:member_id>/", views.member, name="member"),
    path("establishments/<urn:urn>/transfers/<int:transfer_id>/file/", files.transfer_file, name="transfer_file"),
    path("establishments/<urn:urn>/pupils/<uuid:pupil_id>/transfer-file/", files.leaver_file, name="leaver_file"),
    *transfer_urls.urlpatterns,
    *transfer_urls.for_officers,
    *misuse_urls.urlpatterns,
    *misuse_urls.for_officers,
    *release_urls.urlpatterns,
    *release_urls.for_officers,
    *confidential_urls.urlpatterns,
    *confidential_urls.for_officers,
    *ledger_urls.urlpatterns,
    *ledger_urls.for_officers,
]
