"""Hold an environment, so that two applies do not meet: an empty pool, whose creation is atomic on the whole cluster.

Source: facts provisioning-more.md 0.9. The comment says who holds it, from where and since when.
"""

import re
from dataclasses import dataclass

from . import pools
from .api import Api
from .errors import AbsentError, AnswerLostError, LockHeldError, PresentError


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds an environment; `nonce` tells two runs of one person apart."""

    name: str
    host: str
    started: str
    nonce: str

    @property
    def comment(self) -> str:
        """Return the text that the pool bears."""
        return f"chartroom lock: holder={self.name} host={self.host} started={self.started} nonce={self.nonce}"


@dataclass(frozen=True, slots=True)
class EnvLock:
    """A lock as it was found; `holder` is None where the comment is not ours."""

    pool: str
    comment: str
    holder: Holder | None

    def __str__(self) -> str:
        if self.holder is None:
            return f"pool '{self.pool}' with comment '{self.comment}'"
        return f"{self.holder.name} on {self.holder.host} since {self.holder.started}"


def pool_of(env: str) -> str:
    """Return the pool that is the lock of an environment."""
    return f"{env}-lock"


def read(api: Api, env: str) -> EnvLock | None:
    """Return who holds an environment, or None."""
    found = pools.read(api, pool_of(env))
    return None if found is None else EnvLock(found.name, found.comment, _parse(found.comment))


def _parse(comment: str) -> Holder | None:
    match = re.fullmatch(r"chartroom lock: holder=(\S+) host=(\S+) started=(\S+) nonce=(\S+)", comment)
    return None if match is None else Holder(*match.groups())


def acquire(api: Api, env: str, holder: Holder) -> None:
    """Take the lock.

    Raises:
        LockHeldError: somebody has it; the text says who, from where and since when.
    """
    doing, fields = f"lock '{env}'", {"poolid": pool_of(env), "comment": holder.comment}
    for attempt in range(api.pace.tries):
        try:
            api.write("post", "pools", doing, fields)
            return
        except (PresentError, AnswerLostError) as error:
            found = read(api, env)
            if found is not None and found.holder == holder:
                return  # it was made, only the answer did not come
            if found is not None:
                raise LockHeldError(
                    f"{doing}: held by {found}", "wait for it; if it has died, run again with --break-lock"
                ) from error
            if isinstance(error, AnswerLostError) and attempt == api.pace.tries - 1:
                raise
    raise LockHeldError(f"{doing}: it is taken and freed again faster than it can be read", "run again")


def release(api: Api, env: str, holder: Holder) -> bool:
    """Give the lock back; False if it was not ours any more, and then nothing is touched."""
    found = read(api, env)
    if found is None or found.holder != holder:
        return False
    _remove(api, env)
    return True


def break_(api: Api, env: str, seen: EnvLock) -> None:
    """Remove a lock that the operator was shown.

    Raises:
        LockHeldError: it has changed since it was shown.
    """
    found = read(api, env)
    if found is None:
        return
    if found != seen:
        raise LockHeldError(f"break the lock of '{env}': it is now held by {found}, not by {seen}", "look again first")
    _remove(api, env)


def _remove(api: Api, env: str) -> None:
    try:
        api.write("delete", "pools", f"unlock '{env}'", {"poolid": pool_of(env)})
    except AbsentError:
        return
    except AnswerLostError:
        if read(api, env) is not None:
            raise
