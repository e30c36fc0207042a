"""The addresses of open statistics, on both sites."""

from django.urls import path

from sharing.pages import statistics as views

urlpatterns = [
    path("statistics/", views.statistics, name="statistics"),
    path("statistics/establishments/<slug:table>/", views.named_table, name="named_table"),
    path("statistics/establishments/<slug:table>/download/<slug:form>/", views.named_file, name="named_table_file"),
    path("statistics/<slug:table>/", views.open_table, name="open_table"),
    path("statistics/<slug:table>/download/<slug:form>/", views.open_file, name="open_table_file"),
    path("establishments/<urn:urn>/statistics/", views.statistics_of, name="statistics_of"),
]
