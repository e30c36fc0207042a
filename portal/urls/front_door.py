"""A host that is neither site: only the demonstration allows one, and shows the way.

allauth looks here, in ROOT_URLCONF, for the page about too many tries on either site.
"""

from django.urls import path

from portal import views

handler429 = "portal.views.too_many_tries"
urlpatterns = [path("", views.front_door, name="front_door")]
