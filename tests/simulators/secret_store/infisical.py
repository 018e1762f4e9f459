"""Infisical: machine identities, folders, raw secrets."""

import secrets
from typing import Any

from aiohttp import web

from .state import State, judge

_RAW = "/api/v3/secrets/raw/{name}"


def build(state: State) -> web.Application:
    """Return the application."""
    api = _Api(state)
    app = web.Application(client_max_size=2**20)
    app.router.add_post("/api/v1/auth/universal-auth/login", api.log_in)
    app.router.add_get(_RAW, api.read)
    app.router.add_post(_RAW, api.create)
    app.router.add_patch(_RAW, api.update)
    return app


def _refusal(status: int, error: str, message: object) -> web.Response:
    body = {"reqId": "req-simulated", "statusCode": status, "error": error, "message": message}
    return web.json_response(body, status=status)


class _Api:
    def __init__(self, state: State) -> None:
        self.state = state

    async def log_in(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.state.calls.append("POST login")
        if wrong := judge("POST /api/v1/auth/universal-auth/login", body):
            return _refusal(422, "ValidationFailure", wrong)
        if self.state.identities.get(body["clientId"]) != body["clientSecret"]:
            return _refusal(401, "UnauthorizedError", "Invalid credentials")
        token = secrets.token_urlsafe(24)
        self.state.tokens.add(token)
        return web.json_response(
            {"accessToken": token, "expiresIn": 7200, "accessTokenMaxTTL": 43200, "tokenType": "Bearer"}
        )

    async def read(self, request: web.Request) -> web.Response:
        query = dict(request.query)
        if refusal := self._first(request, query, query.get("workspaceSlug")):
            return refusal
        folder, name = self._folder(query), request.match_info["name"]
        if folder is None or name not in folder:
            return _refusal(404, "NotFound", f"Secret with name '{name}' not found")
        hidden = "value-hidden" in self.state.faults
        value = "<hidden-by-infisical>" if hidden else folder[name]
        return web.json_response({"secret": self._secret(name, value) | {"secretValueHidden": hidden}})

    async def create(self, request: web.Request) -> web.Response:
        body = await request.json()
        if refusal := self._first(request, body, body.get("projectSlug")):
            return refusal
        folder, name = self._folder(body), request.match_info["name"]
        if folder is None:
            return self._no_folder(body)
        if name in folder:
            return _refusal(400, "BadRequest", "Secret already exist")
        return self._keep(folder, name, body["secretValue"])

    async def update(self, request: web.Request) -> web.Response:
        body = await request.json()
        if refusal := self._first(request, body, body.get("projectSlug")):
            return refusal
        folder, name = self._folder(body), request.match_info["name"]
        if folder is None:
            return self._no_folder(body)
        if name not in folder:
            return _refusal(404, "NotFound", f"Secret with name {name} not found")
        return self._keep(folder, name, body["secretValue"])

    def _keep(self, folder: dict[str, str], name: str, value: str) -> web.Response:
        if "approval" in self.state.faults:
            return web.json_response({"approval": {"id": "approval-1", "slug": "one", "status": "open"}})
        # The server trims what it is given, but for one line end.
        folder[name] = f"{value.strip()}\n" if value.endswith("\n") else value.strip()
        if "keeps-other" in self.state.faults:
            folder[name] = folder[name][:-2]
        return web.json_response({"secret": self._secret(name, folder[name])})

    def _first(self, request: web.Request, given: dict[str, Any], project: str | None) -> web.Response | None:
        """Refuse what every call refuses: parameters, token, project, permission."""
        self.state.calls.append(f"{request.method} {given.get('secretPath', '/')}/{request.match_info['name']}")
        if "unavailable" in self.state.faults:
            return web.Response(status=503, text="no healthy upstream")
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if token not in self.state.tokens:
            return _refusal(403, "TokenError", "The provided access token is malformed. Please use a valid token")
        if wrong := judge(f"{request.method} {_RAW}", given):
            return _refusal(422, "ValidationFailure", wrong)
        if project != self.state.project:
            return _refusal(404, "NotFound", f"Project with slug '{project}' not found")
        if "denied" in self.state.faults:
            return _refusal(403, "PermissionDenied", "You are not allowed to read on secrets")
        return None

    def _folder(self, given: dict[str, Any]) -> dict[str, str] | None:
        path = given.get("secretPath", "/")
        return self.state.folders.get((given["environment"], path.rstrip("/") or "/"))

    def _no_folder(self, given: dict[str, Any]) -> web.Response:
        text = f"Folder with path '{given['secretPath']}' in environment with slug '{given['environment']}' not found"
        return _refusal(404, "CreateSecret", text)

    def _secret(self, name: str, value: str) -> dict[str, Any]:
        return {"id": name.lower(), "secretKey": name, "secretValue": value, "version": 1, "type": "shared"}
