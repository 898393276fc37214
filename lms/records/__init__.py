"""What every room leaves behind: letters to send, the audit and reading log, text kept aside. People appear as public codes."""
