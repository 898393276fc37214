"""Who is in the demonstration and what happens to them. Pure, and the same for the same day."""
