"""What stops a chart from being rendered."""

from generator.finding import ChartroomError


class HelmError(ChartroomError):
    """Helm refused. The message names the chart and the environment, and quotes what Helm said."""
