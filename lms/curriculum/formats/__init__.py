"""Bytes to plain data and back: YAML, front matter, Markdown, and the files authors write."""
