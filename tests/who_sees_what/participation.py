"""Taking part in the protocol, what an officer works for, and Our data on one page."""

PAGES = {
    "parts": "participation/",
    "part": "establishments/999002/participation/",
    "leaving": "establishments/999002/participation/leave/",
    "joining": "establishments/999004/participation/sign-up/",
    "resp": "establishments/999002/participation/people/",
    "ourdata": "establishments/999002/our-data/",
    "purpose": "purpose/",
}
TABLE = """
                           site    parts part leaving joining resp ourdata purpose
head-beckside              schools ok    ok   ok      404     ok   ok      404
deputy-beckside            schools ok    ok   403     404     ok   ok      404
teacher-beckside           schools ok    403  403     404     403  403     404
assistant-beckside         schools ok    403  403     404     403  403     404
absent-beckside            schools ok    404  404     404     404  404     404
governor-beckside          schools ok    403  403     404     403  403     404
third-party-beckside       schools ok    403  403     404     403  403     404
head-ravensgill            schools ok    404  404     404     404  404     404
head-larkroyd              schools ok    404  404     ok      404  404     404
teacher-larkroyd           schools ok    404  404     403     404  404     404
teacher-ended              schools ok    404  404     404     404  404     404
teacher-tomorrow           schools ok    404  404     404     404  404     404
teacher-not-accepted       schools acc   acc  acc     acc     acc  acc     404
superuser                  schools ok    404  404     404     404  404     404
other-department           schools ok    404  404     404     404  404     404
officer-admissions         schools ok    404  404     404     404  404     404
officer-data               schools ok    404  404     404     404  404     404
officer-admissions         edunet  ok    ok   404     404     404  404     ok
officer-data               edunet  ok    ok   404     404     404  404     ok
officer-school-improvement edunet  ok    ok   404     404     404  404     ok
officer-no-duty            edunet  ok    ok   404     404     404  404     ok
officer-information        edunet  ok    ok   404     404     404  404     ok
officer-duty-ended         edunet  ok    ok   404     404     404  404     ok
officer-not-accepted       edunet  acc   acc  404     404     404  404     acc
head-beckside              edunet  403   403  403     403     403  403     403
superuser                  edunet  403   403  403     403     403  403     403
other-department           edunet  403   403  403     403     403  403     403
nobody                     schools in    in   in      in      in   in      404
nobody                     edunet  in    in   404     404     404  404     in
"""
# Tested elsewhere, and where.
ELSEWHERE: dict[str, str] = {}
DOOR: set[str] = set()
REGISTER: set[str] = {
    "choose_purpose", "join_protocol", "leave_protocol", "list_participants", "record_responsible",
    "show_consequences", "show_our_data", "show_participation", "show_purposes",
}  # fmt: skip
