"""The verdict, the certificate, its revocation and its public check."""
