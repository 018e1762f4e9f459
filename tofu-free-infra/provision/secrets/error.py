"""What this package raises."""


class SecretsError(Exception):
    """A secret could not be made, read or kept; the text never holds the secret."""
