"""Ways of weakening what PostgreSQL enforces for advice of the council (sharing/sql/advice.sql)."""

from tests.locks.weakening import in_function, replace_policy

VERSIONS, PAGES, STEPS = "sharing_adviceversion", "sharing_advicepage", "sharing_advicestep"

OF_ADVICE: dict[str, tuple[str, ...]] = {
    "advice not protected": (f"ALTER TABLE {VERSIONS} DISABLE ROW LEVEL SECURITY",),
    "drafts of advice read by anybody": replace_policy(VERSIONS, "true"),
    "advice that is out no more read by anybody": replace_policy(VERSIONS, "published_at IS NOT NULL"),
    "addresses of advice not protected": (f"ALTER TABLE {PAGES} DISABLE ROW LEVEL SECURITY",),
    "addresses of any advice": replace_policy(PAGES, "true"),
    "who wrote advice not protected": (f"ALTER TABLE {STEPS} DISABLE ROW LEVEL SECURITY",),
    "who wrote advice told to anybody": replace_policy(STEPS, "true"),
    "advice written without a duty": in_function("portal_writes_advice", "AND EXISTS (", "AND true OR EXISTS ("),
    "advice written at schools": in_function("portal_writes_advice", "portal_context(2) = 'edunet' AND", ""),
    "advice begun by anybody": in_function("portal_begin_advice", "IF NOT portal_writes_advice()", "IF false"),
    "advice seen to by anybody": in_function("portal_take_advice", "IF NOT portal_writes_advice()", "IF false"),
    "advice agreed to by who wrote it": in_function(
        "portal_agree_advice",
        "IF EXISTS (SELECT FROM sharing_advicestep",
        "IF false AND EXISTS (SELECT FROM sharing_advicestep",
    ),
    "words of advice destroyed by who asked": (
        *in_function("portal_destroy_advice", "IF portal_asker() = (", "IF NULL = ("),
        f"DROP TRIGGER advice_stands ON {VERSIONS}",
    ),
    "words of advice that is out destroyed": (
        *in_function("portal_ask_to_destroy_advice", "IF past.state = 'published'", "IF false"),
        f"DROP TRIGGER advice_stands ON {VERSIONS}",
        f"ALTER TABLE {VERSIONS} DROP CONSTRAINT words_that_are_out_are_kept",
    ),
    "who signs in told to anybody": in_function("portal_advice_identifies", "WHERE portal_writes_advice()", ""),
    "advice changed by pages": (
        f"GRANT UPDATE ON {VERSIONS} TO portal_app",
        f"DROP POLICY app_updates ON {VERSIONS}",
        f"DROP TRIGGER advice_stands ON {VERSIONS}",
    ),
    "steps of advice forgotten by pages": (
        f"GRANT DELETE ON {STEPS} TO portal_app",
        f"DROP POLICY app_deletes ON {STEPS}",
        f"DROP TRIGGER advice_step_stands ON {STEPS}",
    ),
}
