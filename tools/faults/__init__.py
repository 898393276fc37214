"""`make faults`: really kill, race and fill, and count what was lost or doubled."""
