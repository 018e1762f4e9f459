"""What cannot be printed as asked."""

from generator.finding import ChartroomError


class ReportUsage(ChartroomError):
    """The wish for a report makes no sense: a usage error, exit code 2."""
