"""What happens to establishments, for those above who must follow."""

from django.dispatch import Signal

# One establishment carries on as another: predecessor, successor (Establishment), on (the successor's first day),
# today. A receiver answers with sentences about what it could not carry over.
establishment_succeeded = Signal()

# A closed establishment that nobody carries on for is ended: establishment, today, by (a name). A receiver answers
# with how many lines of its register it has ended.
establishment_ended = Signal()

# Establishments came into the community or left it: today.
community_changed = Signal()

# A person's home page is being made: here (the Visit). A receiver answers with rows that wait for the person
# (sharing.to_do.here.Counted), which are counted by one statement.
home_counted = Signal()

# An officer has added a confidential item: establishment, day. A receiver tells its head that there is one, not what.
restricted_item_added = Signal()

# An officer has broken the glass: openings (sharing.models.Opening, one for each record). A receiver tells those who
# must know at once, and names no child.
glass_broken = Signal()

# The officer is asked to explain it: opening, by (a name). A receiver tells the officer, and names no child.
glass_asked = Signal()

# The officer has explained it: opening, as it is marked now. A receiver tells those who asked, and names no child.
glass_explained = Signal()

# A challenge is answered: challenge. A receiver tells who raised it, and names nobody.
challenge_answered = Signal()

# A report of misuse is closed: report. A receiver tells who made it, and nothing of what came of it.
misuse_closed = Signal()

# A report of misuse is closed as a breach of the protocol: report, answer (what the officer found), by (a name),
# by_managers (information managers who did it). A receiver makes it a case, and answers what the ledger says of it.
misuse_to_refer = Signal()

# The school that a child was to go on to has declined: transfer. A receiver tells who asserted it, and names no child.
transfer_declined = Signal()

# A transfer is called off: transfer, as it was. A receiver tells the school that had accepted, and names no child.
transfer_cancelled = Signal()

# A second person has agreed to a closing: closing_id. A receiver tells who asked for it, and names no child.
closing_agreed = Signal()

# A disposal is decided: disposal_id. A receiver tells who asked for it, and nothing of what was decided.
disposal_decided = Signal()

# A disposal is counted and waits for its second person, or has stopped undone: disposal, as it is now. A receiver tells
# who keeps duties, and nothing of what is due.
disposal_counted = Signal()
disposal_stopped = Signal()

# An establishment asks for support: support_request_id. A receiver tells who may answer, and nothing of the words.
support_asked = Signal()

# A request for support is answered: support_request_id. A receiver tells who asked, and nothing of the answer.
support_answered = Signal()

# Who raised a challenge has taken it back: challenge. A receiver tells who was reminded of it, and names no child.
challenge_taken_back = Signal()

# An officer's home page is being made: here (the Visit). A receiver answers with rows that wait for the officer
# (sharing.to_do.officers.Waiting).
workbench_opened = Signal()

# An establishment goes to another Locality: here (the Visit), establishment, localities (the two ids). A receiver lets
# what follows from a Locality follow, or answers with a sentence that says why it may not be.
locality_changed = Signal()

# An officer has planned a move to another Locality, or taken one back: move, is_taken_back. A receiver tells the head.
move_planned = Signal()

# An officer has brought establishments into the community: places (their ids).
community_grew = Signal()

# An information manager has closed a child: closing. A receiver asks those who may agree, and names no child.
child_closed = Signal()
