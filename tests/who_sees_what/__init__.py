"""Who sees what, a subject a module: PAGES, TABLE, ELSEWHERE, DOOR, REGISTER (read by test_who_sees_what)."""
