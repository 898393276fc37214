"""The pages of providers, cohorts, people, classes, grants and invitations."""

from lms.cohorts.views import board, calendar, dossiers, grants, invitations, lists, meetings, people, releases
from lms.cohorts.views.door import room

__all__ = ["board", "calendar", "dossiers", "grants", "invitations", "lists", "meetings", "people", "releases", "room"]
