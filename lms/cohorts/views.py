"""Placeholder until the room's pages land."""

from lms.web.room import Room

room = Room("cohorts", __name__)
