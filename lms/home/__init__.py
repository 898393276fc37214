"""The first page of each role; read-only, owns no table."""
