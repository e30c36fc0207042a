"""Key Data and the School Finder."""

PAGES = {
    "key": "establishments/999002/key-data/",
    "key-e": "establishments/999003/key-data/",
    "key-x": "establishments/999004/key-data/",
    "key-f": "establishments/999003/key-data/download/csv/",
    "finder": "school-finder/",
}
TABLE = """
                           site    key key-e key-x key-f finder
head-beckside              schools ok  ok    404   ok    ok
deputy-beckside            schools ok  ok    404   ok    ok
teacher-beckside           schools ok  ok    404   ok    ok
assistant-beckside         schools ok  ok    404   ok    ok
absent-beckside            schools 404 404   404   404   ok
governor-beckside          schools ok  ok    404   ok    ok
third-party-beckside       schools ok  ok    404   ok    ok
head-ravensgill            schools ok  ok    404   ok    ok
head-larkroyd              schools 404 404   ok    404   ok
teacher-larkroyd           schools 404 404   ok    404   ok
teacher-ended              schools 404 404   404   404   ok
teacher-tomorrow           schools 404 404   404   404   ok
teacher-not-accepted       schools acc acc   acc   acc   acc
superuser                  schools 404 404   404   404   ok
other-department           schools 404 404   404   404   ok
officer-admissions         schools 404 404   404   404   ok
officer-data               schools 404 404   404   404   ok
officer-admissions         edunet  ok  ok    ok    ok    ok
officer-data               edunet  ok  ok    ok    ok    ok
officer-school-improvement edunet  ok  ok    ok    ok    ok
officer-no-duty            edunet  ok  ok    ok    ok    ok
officer-information        edunet  ok  ok    ok    ok    ok
officer-duty-ended         edunet  ok  ok    ok    ok    ok
officer-not-accepted       edunet  acc acc   acc   acc   acc
head-beckside              edunet  403 403   403   403   403
superuser                  edunet  403 403   403   403   403
other-department           edunet  403 403   403   403   403
nobody                     schools in  in    in    in    in
nobody                     edunet  in  in    in    in    in
"""
# Tested elsewhere, and where.
ELSEWHERE: dict[str, str] = {
    "release_calendar": "test_release_pages",
    "release_history": "test_release_pages",
    "past_release": "test_release_pages",
    "releases": "test_release_pages",
    "release": "test_release_pages",
    "check_release": "test_release_pages",
    "schedule_release": "test_release_pages",
    "postpone_release": "test_release_pages",
    "withdraw_release": "test_release_pages",
    "stop_release": "test_stopped_releases",
    "show_release_again": "test_stopped_releases",
}
DOOR: set[str] = {
    "check_release", "current_figures", "find_schools", "list_releases", "postpone_release", "schedule_release",
    "show_calendar", "show_key_data", "show_release_again", "stop_release",
    "show_past_release", "show_release", "show_release_history", "withdraw_release",
}  # fmt: skip
REGISTER: set[str] = set()
