"""The dossier of a pathway: what a reviewer asks for, added up from a release, and the words it is written in."""

from lms.curriculum.rules.dossier.agenda import DAY_MINUTES, Block, Day, Session, days
from lms.curriculum.rules.dossier.booklet import booklet
from lms.curriculum.rules.dossier.figures import Dossier, Material, assemble
from lms.curriculum.rules.dossier.leaves import (
    Booklet,
    Facts,
    Heading,
    Leaf,
    Line,
    Links,
    Points,
    Say,
    Section,
    Table,
    Words,
)
from lms.curriculum.rules.dossier.questions import Bankful, Exam, Terms
from lms.curriculum.rules.dossier.spread import COLUMNS, Spread, spreads

__all__ = [
    "COLUMNS",
    "DAY_MINUTES",
    "Bankful",
    "Block",
    "Booklet",
    "Day",
    "Dossier",
    "Exam",
    "Facts",
    "Heading",
    "Leaf",
    "Line",
    "Links",
    "Material",
    "Points",
    "Say",
    "Section",
    "Session",
    "Spread",
    "Table",
    "Terms",
    "Words",
    "assemble",
    "booklet",
    "days",
    "spreads",
]
