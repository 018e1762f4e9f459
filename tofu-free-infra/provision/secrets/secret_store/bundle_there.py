"""A cluster's keys in a secret store: the whole bundle is one value, so it is there whole or not at all."""

from dataclasses import dataclass, field

from provision.secrets import bundle as bundles
from provision.secrets.bundle import SecretsBundle
from provision.secrets.error import SecretsError
from provision.secrets.secret_store.interface import SecretStore

KEY = "TALOS_SECRETS"


@dataclass(frozen=True, slots=True)
class BundleThere:
    """The bundle of one cluster, under its owner."""

    store: SecretStore = field(repr=False)
    owner: str

    def load(self) -> SecretsBundle | None:
        """Read the bundle, or return None where there is none.

        Raises:
            SecretsError: the store cannot be asked, or has something that is no bundle.
        """
        text = self.store.read(self.owner, KEY)
        if text is None:
            return None
        try:
            return bundles.from_yaml(text)
        except SecretsError as error:
            raise SecretsError(f"{self.owner}/{KEY} of the secret store: {error}") from error

    def save(self, bundle: SecretsBundle, *, replace: bool = False) -> None:
        """Keep the bundle.

        Raises:
            SecretsError: there is one already, or the store refuses.
        """
        self.store.keep(self.owner, KEY, bundles.to_yaml(bundle), replace=replace)

    def __str__(self) -> str:
        return f"{self.owner}/{KEY} of the secret store"
