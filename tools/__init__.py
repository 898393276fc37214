"""Tools for developers and machines that check: browser, bench, faults, migrations. Not part of the product."""
