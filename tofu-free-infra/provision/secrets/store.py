"""Where a bundle is kept between runs: the port, and the age file beside the inventory."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import pyrage

from provision.secrets import bundle as bundles
from provision.secrets.bundle import SecretsBundle
from provision.secrets.error import SecretsError
from provision.secrets.files import write_private


class BundleStore(Protocol):
    """A place for one cluster's bundle; an implementation for a secret store has these two methods too."""

    def load(self) -> SecretsBundle | None:
        """Return the bundle, or None where there is none yet."""
        ...

    def save(self, bundle: SecretsBundle, *, replace: bool = False) -> None:
        """Keep the bundle; without `replace` an existing one is never overwritten."""
        ...


@dataclass(frozen=True, slots=True)
class AgeFile:
    """A bundle in an age file, written for the identity that also reads it."""

    path: Path
    identity: str = field(repr=False)

    def load(self) -> SecretsBundle | None:
        """Decrypt the file, or return None where there is none.

        Raises:
            SecretsError: wrong identity, no age file, or its content is no bundle.
        """
        try:
            sealed = self.path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise SecretsError(f"{self.path}: cannot be read, {error.strerror}") from error
        identity = self._identity()
        try:
            text = pyrage.decrypt(sealed, [identity]).decode()
        except (pyrage.DecryptError, UnicodeDecodeError):
            raise SecretsError(f"{self.path}: is not an age file for this identity") from None
        try:
            return bundles.from_yaml(text)
        except SecretsError as error:
            raise SecretsError(f"{self.path}: {error}") from error

    def save(self, bundle: SecretsBundle, *, replace: bool = False) -> None:
        """Encrypt and write the file, mode 0600, whole or not at all.

        Raises:
            SecretsError: the file is there already, or cannot be written.
        """
        sealed = pyrage.encrypt(bundles.to_yaml(bundle).encode(), [self._identity().to_public()])
        write_private(self.path, sealed, replace=replace)

    def check(self) -> None:
        """Look at the identity, before anything is made that it is needed for.

        Raises:
            SecretsError: it is none.
        """
        self._identity()

    def _identity(self) -> pyrage.x25519.Identity:
        for line in self.identity.splitlines():
            if line.strip() and not line.startswith("#"):  # age-keygen writes two comment lines first
                try:
                    return pyrage.x25519.Identity.from_str(line.strip())
                except pyrage.IdentityError:
                    break
        raise SecretsError(f"{self.path}: the age identity is not an X25519 identity (AGE-SECRET-KEY-1…)")


def new_identity() -> str:
    """Make an age identity, for `provision secrets` and for tests."""
    return str(pyrage.x25519.Identity.generate())
