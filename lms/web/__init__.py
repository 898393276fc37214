"""The door: gate, form base, layout, static files, error pages."""
