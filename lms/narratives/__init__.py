"""Writing a narrative, reading it with a rubric, giving it back."""
