"""The visits of the information manager, who keeps officers, their duties and legal overrides (R9, R18)."""

from functools import partial

from sharing.door.managing import managing

NEEDED = "Officers and their duties are kept by the information manager. Ask them to record what your work needs."
duties = partial(managing, needed=NEEDED)
