"""Write docs/permissions.md from the permissions that routes and pages really use: `python -m tools.permissions`."""

from pathlib import Path

from lms.core.access import CORE_PERMISSIONS, Permission
from lms.extension import ROOMS
from lms.quizzes.policy import REVIEW

TARGET = Path(__file__).parents[1] / "docs" / "permissions.md"


def used() -> list[Permission]:
    """Return every permission that stands on a route, and those that decide about a part of a page, by name."""
    found = {door.permission for room in ROOMS for door in room.doors.values()} | set(CORE_PERMISSIONS)
    return sorted(found | set(REVIEW.values()), key=lambda permission: permission.name)


def text() -> str:
    """Return the document."""
    rows = [f"| `{p.name}` | {'form' if p.writes else 'page'} | {p.promise} |" for p in used()]
    head = (
        "# Permissions\n\nWhat each permission promises; written by `python -m tools.permissions` from the code. Which address asks for\n"
        "which stands in `tests/house/routes.txt`.\n\n| permission | for a | promise |\n|---|---|---|\n"
    )
    return head + "\n".join(rows) + "\n"


if __name__ == "__main__":
    TARGET.write_text(text())
