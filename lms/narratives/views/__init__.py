"""Pages of narratives: a student writes, a facilitator reads and answers."""

from lms.narratives.views import reading, writing
from lms.narratives.views.front import room

__all__ = ["reading", "room", "writing"]
