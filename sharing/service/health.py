"""The state of the service, judged by what its jobs noted (A17). Reads no establishments, children or staff."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import connection
from django.template.defaultfilters import filesizeformat, pluralize
from django.utils import timezone

from sharing import rules
from sharing.days import day_in_words
from sharing.files import virus_scan
from sharing.models.service import ServiceRun
from sharing.records.operations import DailyPart, How, Operations, Part, Queue, Replica
from sharing.roles import log_quotes_by
from sharing.school_year import HOLIDAYS_TO_ADD, holidays_run_out
from sharing.service import replicas
from sharing.service.saving import hindrance
from sharing.service.service_runs import RENEWED, SIGN_OF_LIFE, last_comparison
from sharing.statements import rows_of, value_of

Job, Outcome = ServiceRun.Job, ServiceRun.Outcome
Runs = Mapping[str, ServiceRun]

# How long without a sign of life before something counts as not well.
NIGHTLY: Final = timedelta(hours=26)  # a night, and two hours for a long run
TWO_NIGHTS: Final = timedelta(hours=50)
LONGEST_WAIT: Final = timedelta(minutes=30)
LONGEST_TASK: Final = timedelta(hours=1)  # several times that of the largest file; the worker is silent meanwhile
AFTER_FAILED_WORK: Final = timedelta(minutes=15)  # it is tried again each minute, or after a long task
AFTER_FAILED_POST: Final = timedelta(hours=24)
NO_POST_FOR: Final = timedelta(hours=4)  # about twelve attempts
COMPARED_EVERY: Final = timedelta(days=8)
KEY_DAYS: Final = 365  # after which a new field key is advised
ROOM_FOR: Final = 2  # more backups, before somebody should look at the disk that they are on
SIGNATURE_DAYS: Final = 7  # after which a scanner misses what is going round

TELL: Final = "Tell the Data Protection Officer now. Keep the database as it is; compare it with backups."
LEFT_OUT: Final = (
    "Run manage.py verify_ledger. If it only names keys that are not in LEDGER_PUBLIC_KEYS, put them in: see "
    "docs/operators/ledger.md. If it says anything else:"
)
LETTERS: Final = "Emails"
QUEUES: Final = {
    "imports": "Files brought in",
    "reports": "Reports",
    "downloads": "Downloads",
    "statistics": "Open statistics",
    "disposals": "Disposals",
    "letters": LETTERS,
}


def how_is_the_service(
    *, looks_at_replicas: bool = True, looks_at_saving: bool = True, looks_at_rules: bool = False
) -> Operations:
    """All that is known, and what to do where something is not well.

    Call it outside a visit, which may read from a replica.
    """
    now = timezone.now()
    runs = {run.name: run for run in ServiceRun.objects.all()}
    queues = _queues()
    saving = _saving() if looks_at_saving else []
    parts = (
        _worker(runs, queues, now),
        _daily(runs, now),
        *_permissions(runs),
        *_managers(runs),
        _ledger(runs, now),
        *_signing_key(),
        _backup(runs, now),
        _key(runs, now),
        _post(runs, queues, now),
        _compared(now),
        _scanner(now),
        *_holidays(now),
        *_log_of_postgresql(),
        *saving,
        *(_replicas() if looks_at_replicas else ()),
        *_version(),
        *(_rules() if looks_at_rules and not saving else ()),  # it would wait for whoever holds a table
        _releases(),
        _space(),
    )
    of_the_day = tuple(DailyPart(name, *counted) for name, counted in sorted(_parts(runs.get(Job.DAILY))))
    return Operations(parts, queues, of_the_day, now)


def _worker(runs: Runs, queues: tuple[Queue, ...], now: datetime) -> Part:
    title, run = "Background worker", runs.get(Job.WORKER)
    at = run.ended_at if run else None
    waits = sum(queue.waiting + queue.running for queue in queues)
    queues = tuple(queue for queue in queues if queue.title != LETTERS)  # failed emails are the mail server's fault
    restart = "Start it: manage.py work, as a service of its own. It picks up what was left."
    if at is None:
        return Part(title, How.WRONG if waits else How.LOOK, "It has never given a sign of life.", restart)
    silent = now - at
    if silent > SIGN_OF_LIFE and not any(queue.running for queue in queues):
        return Part(
            title, How.WRONG, "It gives no sign of life, so files, reports and emails are waiting.", restart, at
        )
    if silent > LONGEST_TASK:
        return Part(title, How.WRONG, "It has been at work on one thing for over an hour: it was killed, or it hangs.",
                    "Restart it: systemctl restart portal-worker. It picks up what was left.", at)  # fmt: skip
    failed_at = run.about.get("failed_at") if run else None
    if failed_at and now - datetime.fromisoformat(failed_at) < AFTER_FAILED_WORK:
        return Part(title, How.LOOK, "One kind of its work failed within the last 15 minutes, so some is not done.",
                    "See in its log which it is, and why. It is tried again each minute.", at)  # fmt: skip
    oldest = min((queue.oldest for queue in queues if queue.oldest), default=now)
    if now - oldest > LONGEST_WAIT:
        return Part(title, How.LOOK, f"{_to_be_done(waits)}, and the first has waited for more than half an hour.",
                    "See in its log what it is doing. If there is just a lot to do, start a second worker.",
                    at)  # fmt: skip
    failed = sum(queue.failed for queue in queues)
    if failed:
        return Part(title, How.LOOK, f"It works. {failed} of its tasks failed within the last 7 days.",
                    "See in its log why. Whoever brought in a file is told on its page.", at)  # fmt: skip
    return Part(title, How.WELL, f"It works. {_to_be_done(waits)}.", at=at)


def _to_be_done(waits: int) -> str:
    return "1 thing is waiting to be done" if waits == 1 else f"{waits} things are waiting to be done"


def _daily(runs: Runs, now: datetime) -> Part:
    run = runs.get(Job.DAILY)
    said = f"It ended well; {run.about.get('written', 0)} emails were written." if run else ""
    tonight, soon = run.about.get("accounts", (0, 0)) if run else (0, 0)
    if soon:
        said += f" Accounts that nothing needs will be deleted: {tonight} by the next run, {soon} within 30 days."
        said += " manage.py run_daily --accounts lists them."
    if to_join := run.about.get("to_join", 0) if run else 0:
        said += f" Children with two identities, by their UPNs: {to_join}."
        said += " manage.py merge_children list shows them."
    do = "Run manage.py run_daily: it does what is left, and does no harm if run again. Its output names what failed."
    return _nightly("Daily work", run, now, said, do)


def _permissions(runs: Runs) -> list[Part]:
    """A part of its own only if the night found mistakes in the permission table: once corrected it looks well.

    That they were found must still be seen (R44).
    """
    run = runs.get(Job.DAILY)
    rows = run.about.get("put_right", 0) if run else 0
    if not rows:
        return []
    said = f"{rows} of its rows did not follow from the register, or were missing. Last night's run put them right."
    do = "Ask why: a school has left its Locality, or somebody changed the database. The ledger has the numbers."
    return [Part("Permission table", How.LOOK, said, do, run.ended_at if run else None)]


def _managers(runs: Runs) -> list[Part]:
    """A part of its own only if nobody keeps officers and duties, or soon nobody will.

    Without such a person nobody at the council is told of a record opened in an emergency (R18), and no duty can be
    recorded (R9).
    """
    run = runs.get(Job.DAILY)
    today, ahead = run.about.get("managers", (1, 1)) if run else (1, 1)
    if today and ahead:
        return []
    said = (
        f"The right of everybody who has it ends within {RENEWED.days} days." if today
        else "Nobody had the right last night, so nobody at the council is told of records opened in an emergency."
    )  # fmt: skip
    do = (
        "Record somebody: manage.py record_officer EMAIL --name NAME --team TEAM --information-manager. Then run "
        "manage.py run_daily, which looks again."
    )
    at = run.ended_at if run else None
    return [Part("Information managers", How.LOOK if today else How.WRONG, said, do, at)]


def _ledger(runs: Runs, now: datetime) -> Part:
    title, run = "Ledger", runs.get(Job.LEDGER)
    if run and run.about.get("broken"):
        said, do = "Its signed heads cannot be relied on.", f"{LEFT_OUT} {TELL}"
        if row := run.about.get("row"):
            said, do = f"From row {row:,} on it cannot be relied on: something was changed.", TELL
        return Part(title, How.WRONG, said, do, run.ended_at)
    said = f"Its chain is whole: {run.about.get('rows', 0):,} rows." if run else ""
    return _nightly(title, run, now, said, "Run manage.py verify_ledger, and make sure that it runs each night.")


def _signing_key() -> list[Part]:
    """A separate part only if the web application has the key: whoever breaks into it could sign what they like."""
    if settings.MODE != "production" or not settings.LEDGER_SIGNING_KEY:
        return []
    said = "The web application has LEDGER_SIGNING_KEY. Only run_daily needs it."
    return [Part("Key of the ledger", How.LOOK, said, "Take it out of web.env, and restart: docs/operators/ledger.md.")]


def _backup(runs: Runs, now: datetime) -> Part:
    title, run = "Backup", runs.get(Job.BACKUP)
    size, free = (run.about.get("bytes"), run.about.get("free")) if run else (None, None)
    said = f"One was made{f', of {filesizeformat(size)}' if size else ''}."
    do = "Make a dump as portal_backup, and end the script that makes it with manage.py record_backup FILE."
    found = _nightly(title, run, now, said, do)
    if found.how != How.WELL or not size or free is None:
        return found
    said += f" At that time {filesizeformat(free)} were free beside it."
    if free < ROOM_FOR * size:
        do = "Make room on the disk of the backups: a backup that does not fit fails."
        return Part(title, How.LOOK, f"{said} There is no room for {ROOM_FOR} more like it.", do, found.at)
    return Part(title, How.WELL, said, at=found.at)


def _nightly(title: str, run: ServiceRun | None, now: datetime, said: str, do: str) -> Part:
    """A job of every night: wrong after two nights without it, or when it failed."""
    if run is None or (run.last_good_at is None and run.outcome != Outcome.FAILED):
        if _is_new(now):
            return Part(title, How.LOOK, "It has not run yet.", do)
        return Part(title, How.WRONG, "It has never ended well since this portal was set up.", do)
    at = run.last_good_at
    if run.outcome == Outcome.FAILED:
        return Part(title, How.WRONG, "The last run failed.", do, run.ended_at)
    if at is None or now - at > TWO_NIGHTS:
        return Part(title, How.WRONG, "It has not ended well for two nights.", do, at)
    if now - at > NIGHTLY:
        return Part(title, How.LOOK, "It did not end well last night.", do, at)
    return Part(title, How.WELL, said, at=at)


def _is_new(now: datetime) -> bool:
    """Whether it was set up within the last two nights. A demonstration is always new: it has no nights."""
    if settings.MODE != "production":
        return True
    made_at = value_of("SELECT min(applied) FROM django_migrations")
    return bool(now - made_at <= TWO_NIGHTS)


def _key(runs: Runs, now: datetime) -> Part:
    title, run, rotated = "Key of the encrypted fields", runs.get(Job.KEY), runs.get(Job.KEYS)
    rotate = "See docs/operators/keys.md: put a new key in front, restart, and run manage.py rotate_keys."
    if rotated and rotated.about.get("left"):
        return Part(title, How.LOOK, f"{rotated.about['left']:,} values are not under their key yet.",
                    "Keep every key. Run manage.py rotate_keys until nothing is left.", rotated.ended_at)  # fmt: skip
    if run is None:
        return Part(title, How.LOOK, "Its age is not known yet.", "Run manage.py run_daily, which notes it.")
    days = (timezone.localtime(now).date() - date.fromisoformat(run.about["since"])).days
    said = f"In use for {days} day{pluralize(days)}, as far as this portal has looked."
    old = days > KEY_DAYS
    return Part(title, How.LOOK if old else How.WELL, said, rotate if old else "", run.ended_at)


def _post(runs: Runs, queues: tuple[Queue, ...], now: datetime) -> Part:
    title, run, daily = "Email", runs.get(Job.POST), runs.get(Job.DAILY)
    at, answered = (run.ended_at, run.last_good_at) if run else (None, None)
    letters = next(queue for queue in queues if queue.title == LETTERS)
    nothing_taken_since = max(filter(None, (letters.oldest or now, answered)))
    if letters.failed and now - nothing_taken_since > NO_POST_FOR:
        return Part(title, How.WRONG, f"The mail server has accepted nothing for hours. Waiting: {letters.failed}.",
                    "See EMAIL_URL, the mail server and the worker's log. Emails are given up after three days.",
                    answered)  # fmt: skip
    if not settings.EMAILS_GO_OUT:
        said = "No email goes out: EMAIL_URL says dummymail, as for a drill. What is written is taken for sent."
        return Part(title, How.LOOK, said, "Set EMAIL_URL to the mail server, and restart the portal and the worker.")
    do = "See EMAIL_URL and the mail server. What run_daily could not send, it sends the next time it runs."
    if run and at and now - at < AFTER_FAILED_POST:
        return Part(title, How.LOOK, f"{run.about['failed']} could not be sent, the last one within a day.", do, at)
    if letters.failed:
        return Part(title, How.LOOK, f"Emails that the mail server has not accepted yet: {letters.failed}.",
                    "See EMAIL_URL and the mail server. The worker tries each again for three days.")  # fmt: skip
    kept = sum(failed for name, (_, failed) in _parts(daily) if name.startswith(("notice", "reminder")))
    if daily and kept:
        return Part(title, How.LOOK, f"{kept} of the daily work could not be sent.", do, daily.ended_at)
    return Part(title, How.WELL, "Nothing has failed within the last day.", at=at)


def _parts(daily: ServiceRun | None) -> list[tuple[str, list[int]]]:
    return list(daily.about.get("parts", {}).items()) if daily else []


def _compared(now: datetime) -> Part:
    title, run = "Both sites say the same", last_comparison()
    do = "Run manage.py verify_parity: it lists what differs."
    if run is None:
        return Part(title, How.LOOK, "They have not been compared yet.", do)
    if run.differences:
        return Part(title, How.WRONG, f"{run.differences:,} of {run.figures:,} values differ.", do, run.ended_at)
    said = f"{run.figures:,} values were the same at {run.establishments} establishments."
    old = now - run.ended_at > COMPARED_EVERY
    return Part(title, How.LOOK if old else How.WELL, said, f"{do} Once a week is enough." if old else "", run.ended_at)


def _scanner(now: datetime) -> Part:
    title = "Virus scanner of uploads"
    if not settings.CLAMD_URL:
        return Part(title, How.LOOK, "There is none, so what people upload is not scanned for viruses.",
                    "Install clamd beside the portal and set CLAMD_URL: see docs/operators/settings.md.")  # fmt: skip
    try:
        found = virus_scan.about()
    except virus_scan.NotScanned:
        return Part(
            title, How.WRONG, "It does not answer, so all uploads are refused.", "Start clamd, and see CLAMD_URL."
        )
    do = "See that freshclam runs and reaches its mirror: journalctl -u clamav-freshclam."
    if found.signatures_of is None:
        said = f"It answers: {found.version}. It does not say what day its signatures are from."
        return Part(title, How.LOOK, said, do)
    days = (timezone.localtime(now).date() - found.signatures_of).days
    if days > SIGNATURE_DAYS:
        said = f"Its signatures of {day_in_words(found.signatures_of)} are {days} days old: newer viruses get by."
        return Part(title, How.LOOK, f"{said} It is {found.version}.", do)
    said = f"It answers: {found.version}, with signatures from {day_in_words(found.signatures_of)}."
    return Part(title, How.WELL, f"{said} A file is kept only if it is clean.")


def _holidays(now: datetime) -> list[Part]:
    """A separate part only if the next school year's holidays have to be set."""
    last_day = holidays_run_out(timezone.localdate(now))
    if last_day is None:
        return []
    said = f"The last one with a year in the settings ends on {day_in_words(last_day)}. After it, every weekday counts."
    return [Part("School holidays", How.LOOK, said, f"{HOLIDAYS_TO_ADD} Then restart the portal and the worker.")]


def _log_of_postgresql() -> list[Part]:
    """The log of the primary, as the web application finds it. Not in a demonstration, where everybody is invented."""
    if settings.DEMO:
        return []
    title = "PostgreSQL’s own log"
    with connection.cursor() as cursor:
        quotes_by = log_quotes_by(cursor)
    if quotes_by:
        said = f"It quotes statements, with the names of children in them. It comes from: {', '.join(quotes_by)}."
        return [Part(title, How.LOOK, said, "Set it as docs/operators/deploy/postgresql.conf does, on each machine.")]
    return [Part(title, How.WELL, "It quotes no statement. Replicas have their own settings, not checked here.")]


def _saving() -> list[Part]:
    """A separate part only if nothing can be stored: pages that are waiting cannot say so themselves."""
    found = hindrance()
    return [Part("Saving", How.WRONG, found.says, found.do)] if found else []


def _version() -> list[Part]:
    """A separate part only if the database was upgraded beneath this process, which nobody stopped."""
    if rules.in_force() == rules.this_version().digest:
        return []
    said = "The rules of who may see what are those of another version than this portal, which was not restarted."
    do = "Run systemctl restart portal portal-worker, on each machine. If nothing starts: docs/operators/upgrade.md."
    return [Part("Version", How.WRONG, said, do)]


def _rules() -> list[Part]:
    """A separate part only if somebody changed the rules. It reads all their text, so no page asks for it."""
    if rules.is_as_made():
        return []
    return [Part("What PostgreSQL enforces", How.LOOK, rules.NOT_AS_MADE, rules.MAKE_ANEW)]


def _replicas() -> list[Part]:
    if not settings.REPLICAS:
        return [Part("Read replicas", How.WELL, "There are none: everything is read from the primary.")]
    return [_replica(found) for found in replicas.look_at_all()]


def _replica(found: Replica) -> Part:
    """A replica, which is never wrong: pages are then read from where everything is."""
    title = f"Read replica {found.place}"
    if not found.answers:
        since = f", first noticed on {_in_words(found.lost_since)}" if found.lost_since else ""
        return Part(title, How.LOOK, f"It is lost: it does not answer{since}. Pages are read elsewhere.",
                    "Start it again, or make a new one: see docs/operators/replicas.md.")  # fmt: skip
    if found.why_not:
        return Part(title, How.LOOK, f"It answers, but is not read from: {found.why_not}.",
                    "Put that right: see docs/operators/replicas.md, Set up.")  # fmt: skip
    if found.behind is not None:
        until = f" It has what was stored until {_in_words(found.newest)}." if found.newest else ""
        return Part(title, How.LOOK, f"It is {filesizeformat(found.behind)} behind, so it is not read from.{until}",
                    "It catches up automatically. If it does not, see its log and its disk.")  # fmt: skip
    return Part(title, How.WELL, "It answers, and has everything that the primary has.")


def _in_words(at: datetime) -> str:
    return f"{timezone.localtime(at):%-d %B %Y, %H:%M}"


def _releases() -> Part:
    ((coming, following),) = rows_of("SELECT * FROM portal_service_releases()")
    if not coming:
        return Part("Releases to come", How.WELL, "None is scheduled.")
    return Part("Releases to come", How.WELL, f"{coming} scheduled, the next one for {_in_words(following)}.")


def _space() -> Part:
    ((size,),) = rows_of("SELECT pg_database_size(current_database())")
    return Part("Space of the database", How.WELL, f"{filesizeformat(size)} on the database's disk.")


def _queues() -> tuple[Queue, ...]:
    """With a queue of a later version, whose name this one has no word for: `_version` then says what to do."""
    found = rows_of("SELECT * FROM portal_service_queues()")
    return tuple(Queue(QUEUES.get(name, name.capitalize()), *counted) for name, *counted in found)
