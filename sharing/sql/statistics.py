"""Protected statistics in PostgreSQL, for migration 0026 (R11, R22): what may be stored when, and the gate."""

_WRITES = "LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp"
TABLES = (
    "sharing_statisticsdimension",
    "sharing_statisticstable",
    "sharing_statisticscell",
    "sharing_statisticsverdict",
)

RULE = """
CREATE TRIGGER {table}_added AFTER INSERT ON {table} REFERENCING NEW TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION sharing_figure_rules();
CREATE TRIGGER {table}_changed AFTER UPDATE ON {table} REFERENCING OLD TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION sharing_figure_rules();
CREATE TRIGGER {table}_moved AFTER UPDATE ON {table} REFERENCING NEW TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION sharing_figure_rules();
CREATE TRIGGER {table}_deleted AFTER DELETE ON {table} REFERENCING OLD TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION sharing_figure_rules();
"""
NO_RULE = "".join(f"DROP TRIGGER {{table}}_{when} ON {{table}};" for when in ("added", "changed", "moved", "deleted"))

_CHECK = f"""
CREATE OR REPLACE FUNCTION portal_check_release(wanted bigint) RETURNS text {_WRITES} AS $$
DECLARE release sharing_release := portal_take_release(wanted);
BEGIN
    IF release.id IS NULL THEN RETURN 'nothing there'; END IF;
    IF release.state <> 'prepared' THEN RETURN 'moved on'; END IF;
    IF release.prepared_by_id = portal_asker() THEN RETURN 'prepared by you'; END IF;
    {{contents}}
    UPDATE sharing_release SET state = 'checked', checked_at = clock_timestamp(), checked_by_id = portal_asker(),
        checked_by = (SELECT name FROM access_register_person WHERE id = portal_asker())
    WHERE id = wanted;
    RETURN 'done';
END $$;
"""
_FIGURES = "IF NOT EXISTS (SELECT FROM sharing_figure WHERE release_id = wanted) THEN RETURN 'no figures'; END IF;"
# Cells without a verdict, or with a bad one, never come out, whoever asks.
_CELLS = """
    IF EXISTS (SELECT FROM sharing_statisticscell WHERE release_id = wanted) THEN
        IF NOT EXISTS (SELECT FROM sharing_statisticsverdict WHERE release_id = wanted AND passed) THEN
            RETURN 'not safe';
        END IF;
    ELSIF NOT EXISTS (SELECT FROM sharing_figure WHERE release_id = wanted) THEN
        RETURN 'no figures';
    END IF;
"""

_READ_ONLY = f"REVOKE INSERT, UPDATE, DELETE ON {', '.join(TABLES)} FROM portal_app;"

CREATE = _READ_ONLY + "".join(RULE.format(table=table) for table in TABLES) + _CHECK.format(contents=_CELLS)
DROP = "".join(NO_RULE.format(table=table) for table in TABLES) + _CHECK.format(contents=_FIGURES)
