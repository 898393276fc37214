"""What every room stands on: clock, ids, crypto, errors, access, database, settings. No Flask, no rooms."""
