"""Placeholder until the room lands."""

COMMANDS = ()
