"""The addresses of shared data that both sites have. Those that only one site has are in its own `urls.py`."""

from django.urls import include, path

from sharing.pages import caseload, find

urlpatterns = [
    path("find/", find.find_page, name="find"),
    path("find/found/", find.found_page, name="found"),
    path("caseload/", caseload.mine, name="my_caseload"),
    path("establishments/<urn:urn>/imports/", include("sharing.pages.import_urls")),
    path("", include("sharing.pages.record_urls")),
    path("", include("sharing.pages.accuracy_urls")),
    path("", include("sharing.pages.key_data_urls")),
    path("", include("sharing.pages.deeper_urls")),
    path("", include("sharing.pages.statistics_urls")),
    path("", include("sharing.pages.report_urls")),
    path("", include("sharing.pages.release_urls")),
    path("", include("sharing.pages.download_urls")),
    path("", include("sharing.pages.transfer_urls")),
    path("", include("sharing.pages.support_urls")),
    path("", include("sharing.pages.confidential_urls")),
    path("", include("sharing.pages.glass_urls")),
    path("", include("sharing.pages.misuse_urls")),
    path("", include("sharing.pages.unusual_urls")),
    path("", include("sharing.pages.ledger_urls")),
]
