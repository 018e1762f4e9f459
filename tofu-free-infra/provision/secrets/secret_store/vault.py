"""Vault and OpenBao by their HTTP API: a key-value engine of version 2, logged in by token or AppRole.

Source: developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2 and …/auth/approle, read on 2026-11-21.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from provision.secrets.error import SecretsError
from provision.secrets.https import Answer, Endpoint
from provision.secrets.secret_store.interface import AlreadyKept, check_kept, words

TOKEN = "VAULT_TOKEN"
ROLE_ID, SECRET_ID = "VAULT_ROLE_ID", "VAULT_SECRET_ID"


@dataclass(slots=True)
class Vault:
    """A key-value engine; an owner is a path in it, a key a field there. `variables` hold who we are."""

    endpoint: Endpoint
    mount: str
    variables: Mapping[str, str] = field(repr=False)
    _token: str = field(default="", repr=False)

    def read(self, owner: str, key: str) -> str | None:
        """Return a value, or None where there is none."""
        found = self._item(owner)[0].get(key)
        return None if found is None else str(found)

    def keep(self, owner: str, key: str, value: str, *, replace: bool = False) -> None:
        """Keep a value beside the others of its owner; a change by somebody else in between is refused, not lost."""
        there, version = self._item(owner)
        if key in there and not replace:
            raise AlreadyKept(self.endpoint.url, owner, key)
        answer = self._ask("POST", owner, {"data": {**there, key: value}, "options": {"cas": version}})
        if answer.status not in (200, 204):
            raise self._refused(answer, owner, value)
        check_kept(self, self.endpoint.url, owner, key, value)

    def _item(self, owner: str) -> tuple[Mapping[str, object], int]:
        """Return the fields of an owner and their version; a deleted version has none and still counts."""
        answer = self._ask("GET", owner)
        if answer.status not in (200, 404) or (answer.status == 404 and answer.content.get("errors")):
            raise self._refused(answer, owner, "")
        outer = answer.content.get("data") or {}
        return outer.get("data") or {}, int((outer.get("metadata") or {}).get("version", 0))

    def _refused(self, answer: Answer, owner: str, hidden: str) -> SecretsError:
        reason = words("; ".join(map(str, answer.content.get("errors", ()))), hidden)
        return SecretsError(f"{self.endpoint.url}: refused {self.mount}/{owner}, {answer.status}: {reason}")

    def _ask(self, method: str, owner: str, body: object = None) -> Answer:
        if not self._token:
            self._token = self.variables.get(TOKEN) or self._log_in()
        path = f"/v1/{quote(self.mount)}/data/{quote(owner)}"
        return self.endpoint.ask(method, path, {"X-Vault-Token": self._token}, body)

    def _log_in(self) -> str:
        role, secret = self.variables.get(ROLE_ID, ""), self.variables.get(SECRET_ID, "")
        if not role or not secret:
            raise SecretsError(
                f"{self.endpoint.url}: neither {TOKEN} nor {ROLE_ID} and {SECRET_ID} are set; "
                "one of them says who we are"
            )
        answer = self.endpoint.ask("POST", "/v1/auth/approle/login", {}, {"role_id": role, "secret_id": secret})
        token = (answer.content.get("auth") or {}).get("client_token")
        if answer.status != 200 or not token:
            reason = words("; ".join(map(str, answer.content.get("errors", ()))), secret)
            raise SecretsError(f"{self.endpoint.url}: does not accept the role {role}, {answer.status}: {reason}")
        return str(token)
