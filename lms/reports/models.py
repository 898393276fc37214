"""Reports as they were released."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.db import Base


class Snapshot(Base):
    """A grant's report as of the end of a quarter, exactly as it was released; never rewritten.

    It holds what was published and nothing else, so that it tells nobody more than the page did.
    """

    __tablename__ = "lms_report_snapshot"
    # Two workers tick at once: one report per grant and quarter.
    __table_args__ = (sa.UniqueConstraint("grant_id", "as_of"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    grant_id: Mapped[int] = mapped_column(sa.ForeignKey("lms_grant.id"))
    as_of: Mapped[date]
    """The last day of the quarter."""
    body: Mapped[dict[str, Any]]
    """The figures; see reports/rules.py Report."""
    released_at: Mapped[datetime]
