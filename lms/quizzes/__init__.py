"""Timed attempts: starting, answering, closing, scoring."""
