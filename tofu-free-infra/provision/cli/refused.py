"""How a command says that it cannot go on."""

import click


class Refused(click.ClickException):
    """The command cannot go on; the text says why and what to do."""

    exit_code = 2
