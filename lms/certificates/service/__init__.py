"""What pages and other rooms ask of certificates: the verdict, issuing, revoking, finding, agreements."""

from lms.certificates.service.agreements import Agreed, accept_agreement, agreements_of
from lms.certificates.service.boards import Board, boards_of
from lms.certificates.service.facts import (
    ISSUED_ARM,
    Gathered,
    Issued,
    Judged,
    facts_for,
    gather,
    issued_from,
    judged,
    own,
    verdict_for,
    verdicts_for,
)
from lms.certificates.service.finding import (
    Evidence,
    Packet,
    certificates_for,
    find,
    history_of,
    of_person,
    packet_of,
    packets_of,
    pdf_of,
    revoked_reason,
)
from lms.certificates.service.finishing import finish_due
from lms.certificates.service.issuing import Draft, draft, issue, revoke
from lms.certificates.service.keeping import Changed, Kept, changed_since, keep, keeps_of
from lms.certificates.service.regrading import Outcome, Turn, preview, regrade
from lms.certificates.service.wording import PLAIN, Wording

__all__ = [
    "ISSUED_ARM",
    "PLAIN",
    "Agreed",
    "Board",
    "Changed",
    "Draft",
    "Evidence",
    "Gathered",
    "Issued",
    "Judged",
    "Kept",
    "Outcome",
    "Packet",
    "Turn",
    "Wording",
    "accept_agreement",
    "agreements_of",
    "boards_of",
    "certificates_for",
    "changed_since",
    "draft",
    "facts_for",
    "find",
    "finish_due",
    "gather",
    "history_of",
    "issue",
    "issued_from",
    "judged",
    "keep",
    "keeps_of",
    "of_person",
    "own",
    "packet_of",
    "packets_of",
    "pdf_of",
    "preview",
    "regrade",
    "revoke",
    "revoked_reason",
    "verdict_for",
    "verdicts_for",
]
