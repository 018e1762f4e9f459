"""The one exception of the set-up."""


class SetupFault(Exception):
    """Set-up cannot continue; the text is the one line that a person reads, plus what the failed program said."""
