"""Turn an answer that is not a success into the error that says what it means.

Source: facts provisioning.md 1.1, 1.4; provisioning-more.md 1.1, 1.2, 1.6.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from . import errors
from .errors import ProxmoxError


@dataclass(frozen=True, slots=True)
class Refusal:
    """What Proxmox answered: the status, the reason phrase, the faulty parameters."""

    status: int
    text: str
    errors: Mapping[str, str]


_SIMPLE: tuple[tuple[re.Pattern[str], type[ProxmoxError]], ...] = (
    (re.compile(r"protection mode enabled"), errors.ProtectedError),
    (re.compile(r"checksum mismatch \(file change|detected modified configuration"), errors.DigestError),
    (re.compile(r"is running - destroy failed"), errors.StillRunningError),
    (re.compile(r"got no worker upid"), errors.AnswerLostError),
    (re.compile(r"already exists|already defined|is already a pool member|Token already exists"), errors.PresentError),
    (re.compile(r"does not exist|no such |no rule at position|is not a pool member"), errors.AbsentError),
)


def explain(refusal: Refusal, who: str, doing: str, host: str | None) -> ProxmoxError:
    """Return the error for a refusal of `who` `doing` something, on `host` if the call names one."""
    match refusal.status:
        case 401:
            return errors.LoginError(
                f"{doing}: Proxmox does not accept {who}: {refusal.text}",
                "check the token's id and secret, and that neither it nor its user has expired",
            )
        case 403:
            return _permission(refusal, who, doing)
        case 501:
            return errors.UnsupportedError(f"{doing}: {refusal.text}", "Proxmox VE 9 or newer is needed")
        case status if 595 <= status <= 599:
            return errors.HostOfflineError(host or "?", doing, refusal.text)
        case _:
            return _refused(refusal, doing)


def _permission(refusal: Refusal, who: str, doing: str) -> ProxmoxError:
    if match := re.search(r"\(pool '(.+)' does not exist\)", refusal.text):
        return errors.AbsentError(f"{doing}: pool '{match[1]}' does not exist")
    if match := re.search(r"\((/[^,]*), (.+)\)", refusal.text):
        return errors.PermissionMissingError(who, doing, match[2].split("|"), match[1])
    return errors.PermissionMissingError(who, doing, (), None)


def _refused(refusal: Refusal, doing: str) -> ProxmoxError:
    said = " ".join([refusal.text, *refusal.errors.values()])
    if match := re.search(r"VM is locked \((.+?)\)", said):
        return errors.LockedError(doing, refusal.text, match[1])
    if re.search(r"can't lock file|got timeout|lock request timeout", said):
        return errors.LockedError(doing, refusal.text, None)
    for pattern, kind in _SIMPLE:
        if pattern.search(said):
            return kind(f"{doing}: {refusal.text if refusal.status != 400 else said.partition('. ')[2] or said}")
    if refusal.status == 400:
        return errors.ParametersError(doing, refusal.errors, refusal.text)
    return errors.RefusedError(f"{doing}: {refusal.text}")
