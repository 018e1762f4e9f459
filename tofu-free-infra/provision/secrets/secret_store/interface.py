"""The port: one value by owner and key, as `OWNER/KEY` names it everywhere in the repository."""

from typing import Protocol

from provision.secrets.error import SecretsError


class SecretStore(Protocol):
    """A store that keeps values for us. Every fault is a `SecretsError` that does not hold the value."""

    def read(self, owner: str, key: str) -> str | None:
        """Return a value, or None where there is none."""
        ...

    def keep(self, owner: str, key: str, value: str, *, replace: bool = False) -> None:
        """Keep a value; without `replace` an existing one is never overwritten."""
        ...


class AlreadyKept(SecretsError):
    """There is a value, and nobody asked to replace it."""

    def __init__(self, url: str, owner: str, key: str) -> None:
        super().__init__(f"{url}: {owner}/{key} is there already and is not replaced")


def check_kept(store: SecretStore, url: str, owner: str, key: str, value: str) -> None:
    """Read back what was kept: keys that cannot be read again would lock us out of the cluster made with them.

    Raises:
        SecretsError: the store has something else.
    """
    if store.read(owner, key) != value:
        raise SecretsError(f"{url}: {owner}/{key} reads differently from what was kept")


def words(found: object, hidden: str) -> str:
    """Return what a store says of its refusal, as long as that does not hold the value."""
    text = " ".join(str(found or "no reason given").split())
    return "its reason holds the value, so it is not shown" if hidden and hidden.strip() in text else text
