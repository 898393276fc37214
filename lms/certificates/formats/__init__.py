"""What a certificate becomes: a PDF."""
