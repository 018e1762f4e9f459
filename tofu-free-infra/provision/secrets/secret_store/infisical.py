"""Infisical by its HTTP API, logged in as a machine identity.

Source: github.com/Infisical/infisical, backend/src/server/routes/v3/deprecated-secret-router.ts at 03e75b25 and
backend/src/services/secret-v2-bridge/secret-v2-bridge-service.ts at 0174d361, read on 2026-11-21. The v3 calls are the
ones that take a project by its slug, which is what the site file has; v4 wants its id.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from provision.secrets.error import SecretsError
from provision.secrets.https import Answer, Endpoint
from provision.secrets.secret_store.interface import AlreadyKept, check_kept, words

TOKEN = "INFISICAL_TOKEN"
CLIENT_ID, CLIENT_SECRET = "INFISICAL_UNIVERSAL_AUTH_CLIENT_ID", "INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET"
_EXISTS = "Secret already exist"


@dataclass(slots=True)
class Infisical:
    """A project's environment in Infisical; an owner is a folder below its root. `variables` hold who we are."""

    endpoint: Endpoint
    project: str
    environment: str
    variables: Mapping[str, str] = field(repr=False)
    _token: str = field(default="", repr=False)

    def read(self, owner: str, key: str) -> str | None:
        """Return a value, or None where there is none."""
        query = {
            "workspaceSlug": self.project,
            "environment": self.environment,
            "secretPath": f"/{owner}",
            "expandSecretReferences": "false",
            "include_imports": "false",
        }
        answer = self._ask("GET", f"{_path(key)}?{urlencode(query)}")
        if answer.status == 404:
            return None
        found = self._secret(answer, owner, key, "")
        if found.get("secretValueHidden"):
            raise SecretsError(f"{self.endpoint.url}: this identity may know of {owner}/{key}, and not read its value")
        return str(found["secretValue"])

    def keep(self, owner: str, key: str, value: str, *, replace: bool = False) -> None:
        """Keep a value in a folder that is there: making folders is the operator's."""
        body = {
            "projectSlug": self.project,
            "environment": self.environment,
            "secretPath": f"/{owner}",
            "secretValue": value,
        }
        answer = self._ask("POST", _path(key), body)
        if answer.status == 400 and answer.content.get("message") == _EXISTS:
            if not replace:
                raise AlreadyKept(self.endpoint.url, owner, key)
            answer = self._ask("PATCH", _path(key), body)
        if "approval" in answer.content:
            raise SecretsError(
                f"{self.endpoint.url}: {owner}/{key} waits there for an approval; approve it, and run again"
            )
        self._secret(answer, owner, key, value)
        check_kept(self, self.endpoint.url, owner, key, value)

    def _secret(self, answer: Answer, owner: str, key: str, hidden: str) -> Mapping[str, Any]:
        found = answer.content.get("secret")
        if answer.status != 200 or not isinstance(found, dict):
            reason = words(answer.content.get("message"), hidden)
            raise SecretsError(f"{self.endpoint.url}: refused {owner}/{key}, {answer.status}: {reason}")
        return found

    def _ask(self, method: str, path: str, body: object = None) -> Answer:
        if not self._token:
            self._token = self.variables.get(TOKEN) or self._log_in()
        return self.endpoint.ask(method, path, {"Authorization": f"Bearer {self._token}"}, body)

    def _log_in(self) -> str:
        name, secret = self.variables.get(CLIENT_ID, ""), self.variables.get(CLIENT_SECRET, "")
        if not name or not secret:
            raise SecretsError(
                f"{self.endpoint.url}: neither {TOKEN} nor {CLIENT_ID} and {CLIENT_SECRET} are set; "
                "one of them says who we are"
            )
        body = {"clientId": name, "clientSecret": secret}
        answer = self.endpoint.ask("POST", "/api/v1/auth/universal-auth/login", {}, body)
        token = answer.content.get("accessToken")
        if answer.status != 200 or not token:
            reason = words(answer.content.get("message"), secret)
            raise SecretsError(f"{self.endpoint.url}: does not accept the identity {name}, {answer.status}: {reason}")
        return str(token)


def _path(key: str) -> str:
    return f"/api/v3/secrets/raw/{quote(key, safe='')}"
