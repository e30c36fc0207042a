"""What happens to establishments, for the layers above, which must react."""

from django.dispatch import Signal

# One establishment carries on as another: predecessor, successor (Establishment), on (the successor's first day),
# today. A receiver returns sentences about what it could not carry over.
establishment_succeeded = Signal()

# A closed establishment that has no successor is ended: establishment, today, by (a name). A receiver returns how many
# lines of its register it has ended.
establishment_ended = Signal()

# Establishments joined the community or left it: today.
community_changed = Signal()

# A person's home page is being made: here (the Visit). A receiver returns rows that wait for the person
# (sharing.to_do.here.Counted), which one statement counts.
home_counted = Signal()

# An officer has added a confidential item: item, day. A receiver tells the head that there is one, not what.
restricted_item_added = Signal()

# An officer has broken the glass: openings (sharing.models.Opening, one for each record). A receiver at once tells
# those who must know, and names no child.
glass_broken = Signal()

# The officer has been asked to explain it: opening, by (a name). A receiver tells the officer, and names no child.
glass_asked = Signal()

# The officer has explained it: opening, as it is marked now. A receiver tells those who asked, and names no child.
glass_explained = Signal()

# A challenge is answered: challenge. A receiver tells whoever raised it, and names nobody.
challenge_answered = Signal()

# A report of misuse is closed: report. A receiver tells whoever made it, and says nothing of the outcome.
misuse_closed = Signal()

# A report of misuse is closed as a breach of the protocol: report, answer (what the officer found), by (a name),
# by_managers (information managers who did it). A receiver opens a case, and returns what the ledger says of it.
misuse_to_refer = Signal()

# The school that a child was to go on to has declined: transfer. A receiver tells who asserted it, and names no child.
transfer_declined = Signal()

# A transfer is called off: transfer, as it was. A receiver tells the school that had accepted, and names no child.
transfer_cancelled = Signal()

# A second person has agreed to a closing: closing_id. A receiver tells whoever asked for it, and names no child.
closing_agreed = Signal()

# A disposal is decided: disposal_id. A receiver tells whoever asked for it, and not what was decided.
disposal_decided = Signal()

# A disposal is counted and waits for its second person, or has stopped undone: disposal, as it is now. A receiver tells
# those who keep duties, and not what is due.
disposal_counted = Signal()
disposal_stopped = Signal()

# An establishment asks for support: support_request_id. A receiver tells those who may answer, and not in what words.
support_asked = Signal()

# A request for support is answered: support_request_id. A receiver tells whoever asked, and not what the answer is.
support_answered = Signal()

# Whoever raised a challenge has taken it back: challenge. A receiver tells who was reminded of it, and names no child.
challenge_taken_back = Signal()

# An officer's home page is being made: here (the Visit). A receiver returns rows that wait for the officer
# (sharing.to_do.officers.Waiting).
workbench_opened = Signal()

# An establishment moves to another Locality: here (the Visit), establishment, localities (the two ids). A receiver
# updates what depends on the Locality, or returns a sentence that says why the move may not happen.
locality_changed = Signal()

# An officer has planned a move to another Locality, or cancelled one: move, is_taken_back. A receiver tells the head.
move_planned = Signal()

# An officer has recorded the day after which establishments take no part any more, or has taken it back: places
# (Establishments), last_day (None: taken back). A receiver tells their heads.
last_day_recorded = Signal()

# An officer has brought establishments into the community: places (their ids).
community_grew = Signal()

# An information manager has closed a child: closing. A receiver asks those who may agree, and names no child.
child_closed = Signal()
