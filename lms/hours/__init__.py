"""Attendance, homework, practice claims, and the statement of hours."""
