"""What stops a chart from being built."""

from generator.finding import ChartroomError


class ChartError(ChartroomError):
    """The fleet says something that no chart can say. The message names the service."""
