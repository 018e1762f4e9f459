"""Apply a machine configuration: look at the difference, or put it into use."""

import re
from dataclasses import dataclass, field
from enum import Enum

from google.protobuf.duration_pb2 import Duration

from provision.talos.connection import Session, only_message
from provision.talos.error import Rejected
from provision.talos.proto.machine_grpc import MachineServiceStub
from provision.talos.proto.machine_pb2 import ApplyConfigurationRequest

_SECRET = re.compile(
    r"(?i)^\s*(?:- )?\w*(?:token|secret|key|passphrase):\s+['\"]?(?P<value>[^\s'\"|]{8,})", re.MULTILINE
)


class Mode(Enum):
    """How a configuration comes into use. REBOOT is gone from 1.14 on; TRY goes back by itself."""

    AUTO = ApplyConfigurationRequest.AUTO
    NO_REBOOT = ApplyConfigurationRequest.NO_REBOOT
    REBOOT = ApplyConfigurationRequest.REBOOT
    STAGED = ApplyConfigurationRequest.STAGED
    TRY = ApplyConfigurationRequest.TRY


@dataclass(frozen=True, slots=True)
class Applied:
    """What the node did, or would do: the mode that it chose, and its own words.

    The words of a dry run hold the difference, and with it secrets.
    """

    mode: Mode
    details: str = field(repr=False)
    warnings: tuple[str, ...]

    @property
    def has_changes(self) -> bool:
        """Whether a dry run found a difference."""
        return "No changes" not in self.details


async def apply_configuration(
    session: Session, text: str, *, mode: Mode = Mode.AUTO, dry_run: bool = False, try_s: int = 60
) -> Applied:
    """Send a configuration.

    Raises:
        Rejected: the node finds fault with it.
        NotReady: another apply is under way, or a reboot is due after an earlier one.
        Unreachable: the connection broke, which a changed address does too: look at what the node runs.
    """
    request = ApplyConfigurationRequest(data=text.encode(), mode=mode.value, dry_run=dry_run)
    if mode is Mode.TRY:
        request.try_mode_timeout.CopyFrom(Duration(seconds=try_s))
    what = "the difference to a configuration" if dry_run else "a configuration"
    try:
        async with session.asking(what):
            stub = MachineServiceStub(session.channel)
            reply = await stub.ApplyConfiguration(request, timeout=session.timeout_s)
            message = only_message(session.node, what, reply)
    except Rejected as error:
        raise Rejected(hide_secrets(str(error), text)) from None  # the cause has the words of the node
    return Applied(Mode(message.mode), message.mode_details, tuple(message.warnings))


def hide_secrets(message: str, text: str) -> str:
    """Take the configuration's secrets out of what a node says about it: a decoder may quote what it cannot read."""
    for found in _SECRET.finditer(text):
        message = message.replace(found["value"], "…")
    return message
