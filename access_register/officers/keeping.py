"""The visits of the information manager, who keeps officers, their duties and legal overrides (R9, R18)."""

from functools import partial

from sharing.door.managing import managing

NEEDED = (
    "The information manager keeps the records of officers and their duties. Ask them to record what your work needs."
)
duties = partial(managing, needed=NEEDED)
