"""Talk to the API server with a kubeconfig's certificate.

The standard library is enough: a dozen calls, JSON both ways. Each call runs in a thread of its own, since it blocks.
"""

import asyncio
import base64
import http.client
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import yaml

from provision.secrets.https import Connection, Place
from provision.talos.error import TalosError, Unreachable
from provision.talos.kubeconfig import Kubeconfig
from provision.talos.tls import client_context

Object = dict[str, Any]
JSON, MERGE, APPLY = "application/json", "application/merge-patch+json", "application/apply-patch+yaml"


class KubernetesRefused(TalosError):
    """The API server answered with a status that is not success; `code` is HTTP's."""

    def __init__(self, text: str, code: int) -> None:
        super().__init__(text)
        self.code = code


@dataclass(frozen=True, slots=True)
class Kubernetes:
    """An API server and the right to use it."""

    server: str
    name: str
    context: ssl.SSLContext = field(repr=False)
    addresses: Mapping[Place, Place] = field(default_factory=dict)
    timeout_s: float = 20.0

    async def get(self, path: str) -> Object:
        """Read an object or a list.

        Raises:
            KubernetesRefused: there is none, or we may not.
            Unreachable: no answer.
        """
        return await self._call("GET", path)

    async def patch(self, path: str, body: Object, *, kind: str = MERGE) -> Object:
        """Change an object; `kind` is the content type, which says how."""
        return await self._call("PATCH", path, body, kind)

    async def post(self, path: str, body: Object) -> Object:
        """Make something."""
        return await self._call("POST", path, body)

    async def delete(self, path: str) -> bool:
        """Delete an object; False where it was gone already."""
        try:
            await self._call("DELETE", path)
        except KubernetesRefused as error:
            if error.code == 404:
                return False
            raise
        return True

    async def version(self) -> str:
        """Return the API server's version."""
        return str((await self.get("/version"))["gitVersion"])

    async def is_ready(self) -> bool:
        """Say whether the API server calls itself ready."""
        try:
            await self._call("GET", "/readyz")
        except KubernetesRefused as error:
            if error.code == 500:
                return False
            raise
        return True

    async def _call(self, method: str, path: str, body: Object | None = None, kind: str = JSON) -> Object:
        try:
            code, text = await asyncio.to_thread(self._exchange, method, path, body, kind)
        except (OSError, http.client.HTTPException) as error:
            reason = getattr(error, "strerror", None) or type(error).__name__
            raise Unreachable(f"{self.server}: gave no answer for {method} {path}, {reason}") from error
        content = json.loads(text) if text.startswith("{") else {}
        if code >= 400:
            message = content.get("message") or text.strip() or "no reason given"
            raise KubernetesRefused(f"{self.server}: refused {method} {path}, {code}: {message}", code)
        return content

    def _exchange(self, method: str, path: str, body: Object | None, kind: str) -> tuple[int, str]:
        parts = urlsplit(self.server)
        wanted = (parts.hostname or "", parts.port or 443)
        connection = Connection(self.name, self.addresses.get(wanted, wanted), self.context, self.timeout_s)
        try:
            text = json.dumps(body) if body is not None else None
            connection.request(method, path, text, {"Content-Type": kind, "Accept": JSON})
            response = connection.getresponse()
            return response.status, response.read().decode()
        finally:
            connection.close()


def from_kubeconfig(kubeconfig: Kubeconfig, addresses: Mapping[Place, Place] | None = None) -> Kubernetes:
    """Build a client from the first cluster and user of a kubeconfig."""
    document = yaml.safe_load(kubeconfig.text)
    cluster, user = document["clusters"][0]["cluster"], document["users"][0]["user"]
    context = client_context(
        base64.b64decode(cluster["certificate-authority-data"]),
        base64.b64decode(user["client-certificate-data"]),
        base64.b64decode(user["client-key-data"]),
    )
    server = cluster["server"]
    name = cluster.get("tls-server-name") or urlsplit(server).hostname or ""
    return Kubernetes(server, name, context, addresses or {})
