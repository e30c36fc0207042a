"""Advice of the council: its desk and its form on EduNet. What anybody reads is under guidance/ (R37)."""

PAGES = {
    "advice": "advice/",
    "advice-w": "advice/write/",
}
TABLE = """
                           site    advice advice-w
head-beckside              schools 404    404
deputy-beckside            schools 404    404
teacher-beckside           schools 404    404
assistant-beckside         schools 404    404
absent-beckside            schools 404    404
governor-beckside          schools 404    404
third-party-beckside       schools 404    404
head-ravensgill            schools 404    404
head-larkroyd              schools 404    404
teacher-larkroyd           schools 404    404
teacher-ended              schools 404    404
teacher-tomorrow           schools 404    404
teacher-not-accepted       schools 404    404
superuser                  schools 404    404
other-department           schools 404    404
officer-admissions         schools 404    404
officer-data               schools 404    404
officer-admissions         edunet  ok     ok
officer-data               edunet  ok     ok
officer-school-improvement edunet  ok     ok
officer-no-duty            edunet  403    403
officer-information        edunet  ok     ok
officer-duty-ended         edunet  403    403
officer-not-accepted       edunet  acc    acc
head-beckside              edunet  403    403
superuser                  edunet  403    403
other-department           edunet  403    403
nobody                     schools 404    404
nobody                     edunet  in     in
"""
ELSEWHERE: dict[str, str] = {
    "advice_page": "test_advice",
    "change_advice": "test_advice",
    "advice_version": "test_advice",
    "ask_for_agreement": "test_advice",
    "agree_advice": "test_advice",
    "hand_back_advice": "test_advice",
    "take_down_advice": "test_advice",
    "discard_advice": "test_advice",
    "ask_to_destroy_advice": "test_advice_words",
    "destroy_advice": "test_advice_words",
    "keep_advice": "test_advice_words",
}
DOOR: set[str] = {
    "agree_advice", "ask_for_agreement", "change_advice", "discard_advice", "hand_back_advice", "list_advice",
    "ask_to_destroy_advice", "destroy_advice", "keep_advice",
    "look_over_advice", "show_advice", "show_advice_version", "show_writing_advice", "take_down_advice", "write_advice",
}  # fmt: skip
REGISTER: set[str] = set()
