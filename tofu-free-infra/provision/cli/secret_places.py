"""Where the inventory keeps its secrets: variables, files, and the site's secret store."""

import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from provision.inventory import Inventory
from provision.inventory.model import SecretRef
from provision.inventory.rules_store import where_it_stands
from provision.secrets.error import SecretsError
from provision.secrets.files import read_private, write_private
from provision.secrets.https import Endpoint, Place
from provision.secrets.secret_store.bundle_there import BundleThere
from provision.secrets.secret_store.infisical import Infisical
from provision.secrets.secret_store.interface import SecretStore
from provision.secrets.secret_store.vault import Vault
from provision.secrets.store import AgeFile, BundleStore

from .refused import Refused


def addresses_of(host: str) -> tuple[str, ...]:
    """Return the IPv4 addresses of a host as this machine resolves it; none where it cannot."""
    try:
        found = socket.getaddrinfo(host, None, socket.AF_INET, socket.SOCK_STREAM)
    except OSError:
        return ()
    return tuple(sorted({str(entry[4][0]) for entry in found}))


@dataclass(slots=True)
class SecretPlaces:
    """The places of one inventory. `addresses` is where tunnels and simulators are."""

    inventory: Inventory
    root: Path
    addresses: Mapping[Place, Place]
    variables: Mapping[str, str] = field(repr=False)
    resolve: Callable[[str], tuple[str, ...]] = addresses_of
    _store: SecretStore | None = field(default=None, repr=False)

    def read(self, ref: SecretRef) -> str:
        """Return a secret from where the inventory says that it lies.

        Raises:
            Refused: it is not there.
        """
        try:
            if ref.kind == "env":
                found = self.variables.get(ref.name, "")
                missing = f"the variable {ref.name} is not set; the inventory names it for a secret"
            elif ref.kind == "file":
                found = read_private(self.root / ref.name).decode().strip()
                missing = f"{self.root / ref.name}: is empty, the inventory names it for a secret"
            else:
                owner, _, key = ref.name.rpartition("/")
                found = self.store.read(owner, key) or ""
                missing = f"the secret store has no {ref.name}; the inventory names it for a secret"
        except SecretsError as error:
            raise Refused(str(error)) from error
        if not found:
            raise Refused(missing)
        return found

    def write(self, ref: SecretRef, secret: str) -> str | None:
        """Put a secret where the inventory says, and say where that is; None for a variable, which only you can set.

        Raises:
            Refused: the place does not take it.
        """
        try:
            if ref.kind == "file":
                path = self.root / ref.name
                write_private(path, f"{secret}\n".encode())
                return str(path)
            if ref.kind == "store":
                owner, _, key = ref.name.rpartition("/")
                self.store.keep(owner, key, secret, replace=True)
                return f"{ref.name} of the secret store"
        except SecretsError as error:
            raise Refused(str(error)) from error
        return None

    def bundle(self) -> BundleStore:
        """Return where the cluster's keys are kept.

        Raises:
            Refused: the age identity is not there, or the store cannot be one.
        """
        secrets = self.inventory.secrets
        if secrets.file is not None and secrets.identity is not None:
            file = AgeFile(secrets.file, self.read(secrets.identity))
            try:
                file.check()
            except SecretsError as error:
                raise Refused(str(error)) from error
            return file
        return BundleThere(self.store, secrets.store or "")

    @property
    def store(self) -> SecretStore:
        """Return the site's secret store.

        Raises:
            Refused: it stands in the cluster that waits for it.
        """
        if self._store is None:
            self._store = self._open()
        return self._store

    def _open(self) -> SecretStore:
        found = self.inventory.site.store
        endpoint = Endpoint(found.url.rstrip("/"), self.addresses)
        if (endpoint.host, endpoint.port) not in self.addresses:
            for address in self.resolve(endpoint.host):
                if (standing := where_it_stands(self.inventory, address)) is not None:
                    raise Refused(
                        f"the secret store {endpoint.host!r} is at {address}, which {standing}: "
                        "it cannot hold what that is made with"
                    )
        if found.kind == "infisical":
            return Infisical(endpoint, found.project, found.environment, self.variables)
        return Vault(endpoint, found.mount, self.variables)
