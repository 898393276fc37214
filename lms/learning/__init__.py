"""The student's path: lessons, reading time, checks, what opens next, and the only place a quiz attempt starts."""
