"""The URL map of EduNet."""

from django.urls import include, path

urlpatterns = [
    path("", include("portal.urls.common")),
    path("", include("edunet.urls")),
    path("", include("sharing.pages.accuracy_urls")),
    path("", include("sharing.pages.key_data_urls")),
    path("", include("sharing.pages.report_urls")),
    path("", include("sharing.pages.deeper_urls")),
    path("", include("sharing.pages.statistics_urls")),
    path("", include("sharing.pages.download_urls")),
    path("", include("access_register.officer_urls")),
]
