"""Ways of weakening the second lock for releases, their figures, reports and statistics."""

from sharing.conditions import (
    NOTHING_TO_SUBTRACT_FROM,
    OF_MY_REPORTS,
    TOLD_TO_EVERYBODY,
)
from sharing.rls import BY_TABLE
from tests.locks.weakening import MAY, READABLE, replace_policy

RELEASED = "release_id = ANY (ARRAY(SELECT portal_releases_out()))"
OF_AREAS = "release_id = ANY (ARRAY(SELECT portal_releases_of_areas()))"
OF_SOMEBODY = "EXISTS (SELECT FROM portal_establishments('view_establishment'))"
OUT = "(state = 'scheduled' AND goes_out_at <= now())"


def _areas(whose: str) -> tuple[str, ...]:
    return (
        "CREATE OR REPLACE FUNCTION portal_releases_of_areas() RETURNS SETOF bigint LANGUAGE sql STABLE "
        f"SECURITY DEFINER AS $$ SELECT id FROM sharing_release WHERE {OUT} AND {whose} $$",
    )


OF_FIGURES: dict[str, tuple[str, ...]] = {
    "release policy dropped": ("DROP POLICY app_reads ON sharing_release",),
    "release policy without the instant": replace_policy("sharing_release", "state = 'scheduled'"),
    "releases a second too early": replace_policy(
        "sharing_release", "state = 'scheduled' AND goes_out_at <= now() + interval '1 hour'"
    ),
    "releases being prepared are for every officer": replace_policy(
        "sharing_release", f"{OUT} OR portal_context(2) = 'edunet'"
    ),
    "figure policy dropped": ("DROP POLICY app_reads ON sharing_figure",),
    "figure policy without the release": replace_policy("sharing_figure", READABLE),
    "figure policy without the establishment": replace_policy("sharing_figure", RELEASED),
    "figure policy without the small ones": replace_policy("sharing_figure", f"{READABLE} AND {RELEASED}"),
    "small figures at a lower level": replace_policy(
        "sharing_figure", f"{READABLE} AND {RELEASED} AND (NOT is_small OR {MAY.format('view_establishment')})"
    ),
    "small figures of narrowed lines": replace_policy(
        "sharing_figure", f"{READABLE} AND {RELEASED} AND (NOT is_small OR {MAY.format('view_pupils')})"
    ),
    "whole numbers beside protected ones": replace_policy(
        "sharing_figure", BY_TABLE["sharing_figure"].reads.replace(TOLD_TO_EVERYBODY, "NOT is_small")
    ),
    "whole numbers beside protected ones at a lower level": replace_policy(
        "sharing_figure",
        BY_TABLE["sharing_figure"].reads.replace(
            TOLD_TO_EVERYBODY, f"{TOLD_TO_EVERYBODY} OR NOT is_small AND {MAY.format('view_establishment')}"
        ),
    ),
    "figures of areas for everybody": replace_policy(
        "sharing_figure", f"(establishment_id IS NULL OR {READABLE}) AND {RELEASED} AND NOT is_small"
    ),
    "published areas also where one has no place": _areas("true"),
    "areas of our own for those who do not share": _areas(
        "EXISTS (SELECT portal_establishments('view_establishment'))"
    ),
    "every release is out": (
        "CREATE OR REPLACE FUNCTION portal_releases_out() RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER AS "
        "$$ SELECT id FROM sharing_release $$",
    ),
    "report policy dropped": ("DROP POLICY app_reads ON sharing_report",),
    "report policy without the establishment": replace_policy(
        "sharing_report", OF_MY_REPORTS.replace(READABLE, "true")
    ),
    "full reports at a lower level": replace_policy(
        "sharing_report", OF_MY_REPORTS.replace("portal_small_figures()", "portal_establishments('view_establishment')")
    ),
    "full reports of narrowed lines": replace_policy(
        "sharing_report", OF_MY_REPORTS.replace("portal_small_figures()", "portal_establishments('view_pupils')")
    ),
    "reports of releases that are not out": replace_policy(
        "sharing_report", OF_MY_REPORTS.replace("releases <@ ARRAY(SELECT portal_releases_out())", "true")
    ),
    "shared reports of who has excluded itself": replace_policy(
        "sharing_report", OF_MY_REPORTS.replace("NOT shares", "true")
    ),
    "reports may be written": (
        "DROP POLICY app_updates ON sharing_report",
        "GRANT UPDATE ON sharing_report TO portal_app",
    ),
    "reports may be put in as made": ("DROP POLICY app_inserts ON sharing_report",),
    "counted figures for narrowed lines": replace_policy(
        "sharing_figure", BY_TABLE["sharing_figure"].reads.replace(NOTHING_TO_SUBTRACT_FROM, "true")
    ),
    "counted figures of areas for narrowed lines": replace_policy(
        "sharing_figure",
        BY_TABLE["sharing_figure"].reads.replace(
            NOTHING_TO_SUBTRACT_FROM, f"(establishment_id IS NULL OR {NOTHING_TO_SUBTRACT_FROM})"
        ),
    ),
    "reports for narrowed lines": replace_policy(
        "sharing_report",
        OF_MY_REPORTS.replace("NOT releases && ARRAY(SELECT portal_counted_releases())", "true"),
    ),
    "figures may be written": (
        "DROP POLICY app_updates ON sharing_figure",
        "GRANT UPDATE ON sharing_figure TO portal_app",
        "DROP TRIGGER figures_changed ON sharing_figure",
    ),
    "statistics cells policy dropped": ("DROP POLICY app_reads ON sharing_statisticscell",),
    "statistics cells without the release": replace_policy(
        "sharing_statisticscell", f"establishment_id IS NULL AND {OF_AREAS} OR {READABLE}"
    ),
    "open statistics before they are out": replace_policy(
        "sharing_statisticscell", f"establishment_id IS NULL OR {READABLE} AND {RELEASED}"
    ),
    "open statistics for those who do not share": replace_policy(
        "sharing_statisticscell", f"(establishment_id IS NULL OR {READABLE}) AND {RELEASED}"
    ),
    "statistics cells without the establishment": replace_policy("sharing_statisticscell", RELEASED),
    "statistics tables before they are out": ("DROP POLICY app_reads ON sharing_statisticstable",),
    "statistics rules before they are out": ("DROP POLICY app_reads ON sharing_statisticsrules",),
    "statistics dimensions before they are out": replace_policy("sharing_statisticsdimension", OF_SOMEBODY),
    "statistics dimensions for somebody of no establishment": replace_policy("sharing_statisticsdimension", RELEASED),
    "statistics tables for somebody of no establishment": replace_policy("sharing_statisticstable", RELEASED),
    "statistics rules for somebody of no establishment": replace_policy("sharing_statisticsrules", RELEASED),
    "verdicts for everybody": ("DROP POLICY app_reads ON sharing_statisticsverdict",),
    "requests for statistics for everybody": ("DROP POLICY app_reads ON sharing_statisticsrequest",),
    "statistics asked for by anybody": ("DROP POLICY app_inserts ON sharing_statisticsrequest",),
    "statistics cells may be written": (
        "DROP POLICY app_updates ON sharing_statisticscell",
        "GRANT UPDATE ON sharing_statisticscell TO portal_app",
        "DROP TRIGGER sharing_statisticscell_changed ON sharing_statisticscell",
        "DROP TRIGGER sharing_statisticscell_moved ON sharing_statisticscell",
    ),
    "releases may be scheduled by anybody": (
        "DROP POLICY app_updates ON sharing_release",
        "GRANT UPDATE ON sharing_release TO portal_app",
    ),
    "anybody runs releases": (
        "CREATE OR REPLACE FUNCTION portal_keeps_releases() RETURNS boolean LANGUAGE sql STABLE AS $$ SELECT true $$",
    ),
}
