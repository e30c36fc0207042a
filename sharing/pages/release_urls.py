"""The addresses of releases: `urlpatterns` on both sites, `for_officers` on EduNet too."""

from django.urls import path

from sharing.pages import releases as views
from sharing.pages import statistics_desk

urlpatterns = [
    path("calendar/", views.calendar, name="release_calendar"),
    path("calendar/<slug:dataset>/", views.history, name="release_history"),
    path("calendar/<slug:dataset>/<int:release_id>/", views.past_release, name="past_release"),
]
for_officers = [
    path("calendar/<slug:dataset>/<int:release_id>/stop/", views.stop, name="stop_release"),
    path("calendar/<slug:dataset>/<int:release_id>/show-again/", views.show_again, name="show_release_again"),
    path("releases/", views.releases, name="releases"),
    path("releases/<int:release_id>/", views.release, name="release"),
    path("releases/<int:release_id>/check/", views.check, name="check_release"),
    path("releases/<int:release_id>/schedule/", views.schedule, name="schedule_release"),
    path("releases/<int:release_id>/postpone/", views.postpone, name="postpone_release"),
    path("releases/<int:release_id>/withdraw/", views.withdraw, name="withdraw_release"),
    path("releases/open-statistics/", statistics_desk.statistics_desk, name="statistics_desk"),
    path("releases/open-statistics/<int:number>/", statistics_desk.statistics_request, name="statistics_request"),
    path(
        "releases/open-statistics/<int:number>/progress/",
        statistics_desk.statistics_progress,
        name="statistics_progress",
    ),
]
