"""Offers of support, and what establishments ask of each other."""

PAGES = {
    "sup": "establishments/999002/support/",
    "sup-new": "establishments/999002/support/offers/add/",
}
TABLE = """
                           site    sup sup-new
head-beckside              schools ok  ok
deputy-beckside            schools ok  ok
teacher-beckside           schools ok  403
assistant-beckside         schools ok  403
absent-beckside            schools 404 404
governor-beckside          schools ok  403
third-party-beckside       schools ok  403
head-ravensgill            schools ok  404
head-larkroyd              schools 404 404
teacher-larkroyd           schools 404 404
teacher-ended              schools 404 404
teacher-tomorrow           schools 404 404
teacher-not-accepted       schools acc acc
superuser                  schools 404 404
other-department           schools 404 404
officer-admissions         schools 404 404
officer-data               schools 404 404
officer-admissions         edunet  ok  404
officer-data               edunet  ok  404
officer-school-improvement edunet  ok  404
officer-no-duty            edunet  ok  404
officer-information        edunet  ok  404
officer-duty-ended         edunet  ok  404
officer-not-accepted       edunet  acc 404
head-beckside              edunet  403 403
superuser                  edunet  403 403
other-department           edunet  403 403
nobody                     schools in  in
nobody                     edunet  in  404
"""
# Tested elsewhere, and where.
ELSEWHERE: dict[str, str] = {
    "change_offer": "test_support",
    "withdraw_offer": "test_support",
    "ask_for_support": "test_support",
    "support_request": "test_support",
    "take_back_support_request": "test_support",
}
DOOR: set[str] = {
    "answer_support_request", "ask_for_support", "change_offer", "publish_offer", "show_asking_for_support",
    "show_offering", "show_support", "show_support_request", "take_back_support_request", "withdraw_offer",
}  # fmt: skip
REGISTER: set[str] = set()
