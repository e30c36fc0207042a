"""What an officer sees of open statistics before they are out: what protecting them did, what the attacker found."""

from collections.abc import Iterable, Mapping
from typing import Any

from sharing.models import Release, StatisticsVerdict
from sharing.records.statistics_desk import Finding, Preview, Reason, TableLoss
from sharing.school_year import in_words


def preview(release: Release) -> Preview | None:
    """The preview, or None for a release without protected statistics. Before it is out, nobody sees its numbers."""
    verdict = StatisticsVerdict.objects.filter(release=release).first()
    return _preview(verdict) if verdict else None


def _preview(verdict: StatisticsVerdict) -> Preview:
    loss = verdict.loss
    return Preview(
        passed=verdict.passed,
        findings=tuple(Finding(**finding | {"notes": tuple(finding["notes"])}) for finding in verdict.findings),
        seconds=verdict.seconds,
        cells=loss["cells"],
        mean=loss["mean"],
        largest=loss["largest"],
        far=100 * loss["far"],
        low=100 * loss["low"],
        rates_withheld=100 * loss["rates_withheld"],
        before=_in_words(loss["before"]),
        moved=None if loss["moved"] is None else 100 * loss["moved"],
        largest_move=loss["largest_move"],
        tables=tuple(_table(table) for table in loss["tables"]),
        left_out=tuple(_reasons(loss["left_out"])),
    )


def _table(table: Mapping[str, Any]) -> TableLoss:
    return TableLoss(
        title=table["title"],
        kind=table["kind"],
        names_schools=table["audience"] == "named",
        low=100 * table["low"],
        withheld=100 * table["withheld"],
        held=table["held"],
    )


def _reasons(left_out: Iterable[Mapping[str, str]]) -> Iterable[Reason]:
    titles: dict[str, list[str]] = {}
    for one in left_out:
        titles.setdefault(one["why"], []).append(one["title"])
    return (Reason(why, tuple(said)) for why, said in titles.items())


def _in_words(release_id: int | None) -> str:
    earlier = release_id and Release.objects.filter(pk=release_id).first()
    return f"version {earlier.version} of {in_words(earlier.academic_year)}" if earlier else ""
