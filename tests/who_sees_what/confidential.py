"""Confidential items. The head of Ravensgill is head of a nursery in Beckside's Locality, too."""

PAGES = {
    "conf": "establishments/999002/confidential/",
    "conf-e": "establishments/999003/confidential/",
    "item": "confidential/{item}/",
    "file": "confidential/{item}/files/{file}/",
    "who": "confidential/{item}/consent/",
    "new": "establishments/999002/confidential/add/",
}
TABLE = """
                           site    conf conf-e item file who new
head-beckside              schools ok   404    ok   ok   ok  404
deputy-beckside            schools ok   404    ok   ok   403 404
teacher-beckside           schools ok   404    ok   ok   403 404
assistant-beckside         schools ok   404    ok   ok   403 404
absent-beckside            schools 404  404    404  404  404 404
governor-beckside          schools ok   404    ok   ok   403 404
third-party-beckside       schools ok   404    ok   ok   403 404
head-ravensgill            schools 404  ok     ok   ok   403 404
head-larkroyd              schools 404  404    404  404  404 404
teacher-larkroyd           schools 404  404    404  404  404 404
teacher-ended              schools 404  404    404  404  404 404
teacher-tomorrow           schools 404  404    404  404  404 404
teacher-not-accepted       schools acc  acc    acc  acc  acc 404
superuser                  schools 404  404    404  404  404 404
other-department           schools 404  404    404  404  404 404
officer-admissions         schools 404  404    404  404  404 404
officer-data               schools 404  404    404  404  404 404
officer-admissions         edunet  403  403    404  404  404 403
officer-data               edunet  403  403    404  404  404 403
officer-school-improvement edunet  ok   403    ok   ok   404 ok
officer-no-duty            edunet  403  403    404  404  404 403
officer-information        edunet  403  403    404  404  404 403
officer-duty-ended         edunet  403  403    404  404  404 403
officer-not-accepted       edunet  acc  acc    acc  acc  404 acc
head-beckside              edunet  403  403    403  403  403 403
superuser                  edunet  403  403    403  403  403 403
other-department           edunet  403  403    403  403  403 403
nobody                     schools in   in     in   in   in  404
nobody                     edunet  in   in     in   in   404 in
"""
# Tested elsewhere, and where.
ELSEWHERE: dict[str, str] = {
    "narrow_item": "confidential/test_consents",
    "withdraw_consent": "confidential/test_consents",
    "confirm_consent": "confidential/test_consents",
    "add_confidential_file": "confidential/test_items",
    "withdraw_confidential": "confidential/test_items",
}
DOOR: set[str] = {
    "add_restricted", "add_restricted_file", "confirm_consent", "download_restricted", "give_consent",
    "list_restricted", "narrow_item", "show_consents", "show_restricted", "withdraw_consent", "withdraw_restricted",
}  # fmt: skip
REGISTER: set[str] = set()
