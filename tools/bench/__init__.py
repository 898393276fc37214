"""`make bench`: how fast, how light and how quick to start, against a bare floor in the same run."""
