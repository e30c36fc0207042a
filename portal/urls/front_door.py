"""A host that is neither site: only the demonstration allows one, and shows the way."""

from django.urls import path

from portal import views

urlpatterns = [path("", views.front_door, name="front_door")]
