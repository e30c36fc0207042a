"""Weakens a policy or a function of the database: SQL run as the owner."""

from sharing.rls import BY_TABLE


def replace_policy(table: str, using: str, policy: str = "app_reads") -> tuple[str, ...]:
    """A policy of the database replaced by another one. An unchanged policy is no mutant, and an error."""
    assert using != BY_TABLE[table].reads or policy != "app_reads"
    return (
        f"DROP POLICY {policy} ON {table}",
        f"CREATE POLICY {policy} ON {table} AS RESTRICTIVE FOR SELECT TO portal_app USING ({using})",
    )


def in_function(name: str, part: str, instead: str) -> tuple[str, ...]:
    """A function of the database with one part of it changed. Without such a part it is no mutant, and an error."""
    return (
        f"""DO $do$ DECLARE said text := pg_get_functiondef('{name}'::regproc); BEGIN
        ASSERT position($part${part}$part$ IN said) > 0;
        EXECUTE replace(said, $part${part}$part$, $part${instead}$part$); END $do$""",
    )


def of_that_day(alias: str) -> str:
    return f"AND {alias}.starts_on <= CURRENT_DATE AND ({alias}.ends_on IS NULL OR {alias}.ends_on >= CURRENT_DATE)"


MAY = "establishment_id = ANY (ARRAY(SELECT portal_establishments('{}')))"
ANY_OFFICER = "portal_context(2) = 'edunet' AND EXISTS (SELECT FROM portal_establishments('view_establishment'))"
READABLE = "establishment_id = ANY (ARRAY(SELECT portal_readable()))"
