"""A funder sees the reports of their own grants; a coordinator those of their provider."""

from typing import Any

from lms.core.access import Actor, Permission


def of_grant(actor: Actor, subject: Any) -> bool:
    """Whoever looks after this grant, or coordinates the provider it pays."""
    return subject is not None and (subject.id in actor.funds or subject.provider_id in actor.coordinates)


def has_grants(actor: Actor, subject: Any) -> bool:
    """Whoever looks after any grant, or coordinates a provider."""
    return actor.is_funder or actor.is_coordinator


READ_GRANT = Permission(
    "reports.grant",
    "A funder may read the report of their own grant, and a coordinator those of their provider.",
    of_grant,
)
LIST_GRANTS = Permission(
    "reports.list", "A funder or coordinator may list the grants whose reports they may read.", has_grants
)
PERMISSIONS = (READ_GRANT, LIST_GRANTS)
