"""What a report is taken away as."""
