"""The addresses about the protocol, the person's own account, and who may see a child: the same on both sites."""

from django.urls import include, path

from access_register.may_see import views as may_see_views
from access_register.my_access import views
from access_register.participation import views as participation_views
from access_register.protocol import views as protocol_views

urlpatterns = [
    path("protocol/", protocol_views.protocol, name="protocol"),
    path("protocol/accept/", protocol_views.accept_protocol, name="accept_protocol"),
    path("protocol/signatories/", protocol_views.all_signatories, name="all_signatories"),
    path("establishments/<urn:urn>/signatories/", protocol_views.signatories, name="signatories"),
    path("participation/", participation_views.participants, name="participants"),
    path("establishments/<urn:urn>/participation/", participation_views.participation, name="participation"),
    path("", include("access_register.breaches.urls")),
    path("establishments/<urn:urn>/pupils/<uuid:pupil_id>/who-may-see/", may_see_views.who_may_see, name="who_may_see"),
    path("my-access/", views.my_access, name="my_access"),
]
