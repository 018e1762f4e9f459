"""Everything that can go wrong with Proxmox, each with what happened and what to do.

A text reads `<doing what>: <what is wrong>`, then, on a line of its own, the fix. It never holds a secret.
"""

from collections.abc import Mapping, Sequence


class ProxmoxError(Exception):
    """Something that Proxmox refuses or that keeps us from asking it."""

    def __init__(self, what: str, fix: str | None = None) -> None:
        super().__init__(what if fix is None else f"{what}\n  fix: {fix}")
        self.what = what
        self.fix = fix


class UnreachableError(ProxmoxError):
    """No endpoint can be reached; nothing was sent."""


class CertificateError(ProxmoxError):
    """An endpoint shows another certificate than the one we trust."""


class LoginError(ProxmoxError):
    """Proxmox does not accept the token or login."""


class AnswerLostError(ProxmoxError):
    """The connection broke after a change was sent: it may have happened or not."""


class HostOfflineError(ProxmoxError):
    """A host of the cluster does not answer its neighbours."""

    def __init__(self, host: str, doing: str, reason: str) -> None:
        super().__init__(
            f"{doing}: host '{host}' does not answer the others of its cluster ({reason})",
            "bring the host back, or wait until it is, and run again",
        )
        self.host = host


class PermissionMissingError(ProxmoxError):
    """The token lacks a privilege; `path` is None where Proxmox does not say which."""

    def __init__(self, who: str, doing: str, privileges: Sequence[str], path: str | None) -> None:
        wanted = " or ".join(privileges)
        what = f"{doing}: {who} lacks {wanted} on {path}" if path else f"{doing}: {who} lacks a privilege"
        super().__init__(
            what,
            "grant it to the user and to the token (a separated token has only what both have), "
            "or run `provision validate --create-token`",
        )
        self.path = path
        self.privileges = tuple(privileges)


class ParametersError(ProxmoxError):
    """Proxmox does not accept parameters."""

    def __init__(self, doing: str, errors: Mapping[str, str], text: str) -> None:
        named = "; ".join(f"{name}: {' '.join(fault.split())}" for name, fault in sorted(errors.items()))
        super().__init__(f"{doing}: {named or text}")
        self.errors = dict(errors)


class AbsentError(ProxmoxError):
    """What is asked for is not there."""


class PresentError(ProxmoxError):
    """What is to be made is there already."""


class LockedError(ProxmoxError):
    """Another operation holds the VM."""

    def __init__(self, doing: str, text: str, lock: str | None) -> None:
        super().__init__(
            f"{doing}: {text}",
            "wait for the operation that holds it; if its host died meanwhile, `qm unlock` on the host frees it",
        )
        self.lock = lock


class DigestError(ProxmoxError):
    """Somebody else changed it since we read it."""


class ProtectedError(ProxmoxError):
    """The VM is protected against deletion."""


class StillRunningError(ProxmoxError):
    """The VM must be stopped first."""


class UnsupportedError(ProxmoxError):
    """This Proxmox does not know the call."""


class RefusedError(ProxmoxError):
    """Any other refusal, in Proxmox' own words."""


class TaskError(ProxmoxError):
    """A task ended badly; the tail of its log is part of the text."""

    def __init__(self, doing: str, upid: str, exitstatus: str, tail: Sequence[str]) -> None:
        lines = "".join(f"\n    {line}" for line in tail)
        super().__init__(f"{doing}: task ended with '{exitstatus}' ({upid}){lines}")
        self.upid = upid
        self.exitstatus = exitstatus
        self.tail = tuple(tail)


class WaitError(ProxmoxError):
    """What we wait for does not come in time."""


class VmIdTakenError(ProxmoxError):
    """The VM id belongs to a VM that is not ours."""


class LockHeldError(ProxmoxError):
    """Another apply holds the environment."""
