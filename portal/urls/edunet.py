"""The URL map of EduNet."""

from django.urls import include, path

urlpatterns = [
    path("", include("portal.urls.common")),
    path("", include("edunet.urls")),
    path("", include("access_register.officer_urls")),
]
