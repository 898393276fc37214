"""What there is to learn: load, check, compile, version."""
