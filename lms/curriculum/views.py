"""Placeholder until the room's pages land."""

from lms.web.room import Room

room = Room("curriculum", __name__)
