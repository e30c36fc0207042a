"""The state of the service itself: when each job last ran, and when the two sites were last compared (R31, R40).

No row here is about an establishment or a person.
"""

from django.db import models


class ServiceRun(models.Model):
    """The last run of one job. `last_good_at`: when it last ended well. `about`: numbers and words for the page.

    `name` is the key: there is one row for each job, so the table never grows.
    """

    class Job(models.TextChoices):
        DAILY = "daily", "Daily work"
        WORKER = "worker", "Background worker"
        LEDGER = "ledger", "Ledger verified"
        KEYS = "keys", "Values under the key in use"
        KEY = "key", "Key in use"
        BACKUP = "backup", "Backup"
        POST = "post", "Email"

    class Outcome(models.TextChoices):
        RUNNING = "running", "Running"
        DONE = "done", "Ended well"
        FAILED = "failed", "Failed"

    name = models.CharField(max_length=10, primary_key=True, choices=Job)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    last_good_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=8, choices=Outcome)
    about = models.JSONField(default=dict, db_default={})

    def __str__(self) -> str:
        return f"{self.name}: {self.outcome}"


class ParityRun(models.Model):
    """One comparison of the two sites: how much was read on both, and what differed. Only ever added, never changed.

    `pages`: addresses read on both sites. `figures`: values compared, each a cell of a table or a line of a chart.
    `about`: kind of page -> [addresses, values, differences].
    """

    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    is_whole = models.BooleanField(help_text="Every establishment, not a sample.")
    establishments = models.PositiveIntegerField()
    pages = models.PositiveIntegerField()
    figures = models.PositiveIntegerField()
    differences = models.PositiveIntegerField()
    about = models.JSONField(default=dict, db_default={})

    class Meta:
        indexes = [models.Index(fields=["-ended_at"], name="last_comparison")]

    def __str__(self) -> str:
        return f"{self.differences} differences in {self.figures} values"
