"""Open statistics, and an establishment's protected numbers. With a release: tests/sharing/test_open_statistics.py."""

PAGES = {
    "stats": "statistics/",
    "st-own": "establishments/999002/statistics/",
    "st-e": "establishments/999003/statistics/",
    "st-x": "establishments/999004/statistics/",
}
TABLE = """
                           site    stats st-own st-e st-x
head-beckside              schools ok    ok     ok   404
deputy-beckside            schools ok    ok     ok   404
teacher-beckside           schools ok    ok     ok   404
assistant-beckside         schools ok    ok     ok   404
absent-beckside            schools ok    404    404  404
governor-beckside          schools ok    ok     ok   404
third-party-beckside       schools ok    ok     ok   404
head-ravensgill            schools ok    ok     ok   404
head-larkroyd              schools ok    404    404  ok
teacher-larkroyd           schools ok    404    404  ok
teacher-ended              schools ok    404    404  404
teacher-tomorrow           schools ok    404    404  404
teacher-not-accepted       schools acc   acc    acc  acc
superuser                  schools ok    404    404  404
other-department           schools ok    404    404  404
officer-admissions         schools ok    404    404  404
officer-data               schools ok    404    404  404
officer-admissions         edunet  ok    ok     ok   ok
officer-data               edunet  ok    ok     ok   ok
officer-school-improvement edunet  ok    ok     ok   ok
officer-no-duty            edunet  ok    ok     ok   ok
officer-information        edunet  ok    ok     ok   ok
officer-duty-ended         edunet  ok    ok     ok   ok
officer-not-accepted       edunet  acc   acc    acc  acc
head-beckside              edunet  403   403    403  403
superuser                  edunet  403   403    403  403
other-department           edunet  403   403    403  403
nobody                     schools in    in     in   in
nobody                     edunet  in    in     in   in
"""
# Tested elsewhere, and where.
ELSEWHERE: dict[str, str] = {
    "open_table": "test_open_statistics",
    "open_table_file": "test_open_statistics",
    "named_table": "test_open_statistics",
    "named_table_file": "test_open_statistics",
    "statistics_desk": "statistics_store/test_pages",
    "statistics_request": "statistics_store/test_pages",
    "statistics_progress": "statistics_store/test_pages",
}
DOOR: set[str] = {
    "compare_statistics", "list_statistics", "show_statistics", "show_statistics_of", "take_comparison",
    "take_statistics", "ask_for_statistics", "show_statistics_desk", "show_statistics_request",
}  # fmt: skip
REGISTER: set[str] = set()
