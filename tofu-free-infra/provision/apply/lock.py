"""Hold an environment while something is done to it: in Proxmox, so that everybody sees it."""

import asyncio
import contextlib
import getpass
import secrets
import socket
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import NoReturn

from provision.proxmox import Api, env_lock
from provision.proxmox.env_lock import EnvLock, Holder
from provision.proxmox.errors import LockHeldError

from .journal import Past


def holder(past: Past) -> Holder:
    """Return who we are; a run of this machine that broke off left its lock, which is then ours."""
    if past.broke_off and past.holder is not None and past.holder.host == _host():
        return past.holder
    started = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return Holder(_word(getpass.getuser()), _host(), started, secrets.token_hex(8))


def _host() -> str:
    return _word(socket.gethostname())


def _word(text: str) -> str:
    return "-".join(text.split()) or "unknown"


@contextlib.asynccontextmanager
async def held(api: Api, environment: str, who: Holder) -> AsyncIterator[None]:
    """Hold the lock while the block runs.

    Raises:
        LockHeldError: somebody else has it; the text says who, from where and since when.
    """
    await asyncio.to_thread(env_lock.acquire, api, environment, who)
    try:
        yield
    finally:
        await asyncio.to_thread(env_lock.release, api, environment, who)


async def seen(api: Api, environment: str) -> EnvLock | None:
    """Return who holds an environment."""
    return await asyncio.to_thread(env_lock.read, api, environment)


async def refuse(api: Api, environment: str, pid: int, cause: BaseException | None = None) -> NoReturn:
    """Say that a run of this machine is at work here, as the lock has it, or as only its journal knows.

    Raises:
        LockHeldError: always.
    """
    found = await seen(api, environment)
    who = f"held by {found}, process {pid} of this machine" if found else f"process {pid} of this machine is at work"
    raise LockHeldError(f"lock '{environment}': {who}", "wait for it, or end it first") from cause


async def break_lock(api: Api, environment: str, shown: EnvLock) -> None:
    """Remove a lock that a person was shown, unless it has changed since."""
    await asyncio.to_thread(env_lock.break_, api, environment, shown)
