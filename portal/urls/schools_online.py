"""The URL map of Schools Online."""

from django.urls import include, path

urlpatterns = [
    path("", include("portal.urls.common")),
    path("", include("schools_online.urls")),
    path("", include("access_register.urls")),
]
