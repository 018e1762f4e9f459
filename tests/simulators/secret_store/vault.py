"""Vault: AppRole, and a key-value engine of version 2."""

import secrets

from aiohttp import web

from .state import State, judge

_DATA = "/v1/{mount}/data/{path}"


def build(state: State) -> web.Application:
    """Return the application."""
    api = _Api(state)
    app = web.Application(client_max_size=2**20)
    app.router.add_post("/v1/auth/approle/login", api.log_in)
    app.router.add_get("/v1/{mount}/data/{path:.+}", api.read)
    app.router.add_post("/v1/{mount}/data/{path:.+}", api.write)
    return app


def _refusal(status: int, *errors: str) -> web.Response:
    return web.json_response({"errors": list(errors)}, status=status)


class _Api:
    def __init__(self, state: State) -> None:
        self.state = state

    async def log_in(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.state.calls.append("POST login")
        if wrong := judge("POST /v1/auth/approle/login", body):
            return _refusal(400, *wrong)
        if self.state.identities.get(body["role_id"]) != body["secret_id"]:
            return _refusal(400, "invalid role or secret ID")
        token = f"hvs.{secrets.token_urlsafe(24)}"
        self.state.tokens.add(token)
        return web.json_response({"auth": {"client_token": token, "lease_duration": 3600, "renewable": True}})

    async def read(self, request: web.Request) -> web.Response:
        if refusal := self._first(request):
            return refusal
        version, fields = self.state.items.get(request.match_info["path"], (0, None))
        if version == 0:
            return _refusal(404)
        status = 404 if fields is None else 200  # a version that was deleted
        metadata = {"version": version, "destroyed": False}
        return web.json_response({"data": {"data": fields, "metadata": metadata}}, status=status)

    async def write(self, request: web.Request) -> web.Response:
        if refusal := self._first(request):
            return refusal
        body, path = await request.json(), request.match_info["path"]
        if wrong := judge(f"POST {_DATA}", body):
            return _refusal(400, *wrong)
        version, fields = self.state.items.get(path, (0, None))
        if "written-between" in self.state.faults:
            version += 1
            self.state.items[path] = (version, {**(fields or {}), "OTHER": "somebody's"})
        if body.get("options", {}).get("cas", version) != version:
            return _refusal(400, "check-and-set parameter did not match the current version")
        kept = {
            name: value[:-2] if "keeps-other" in self.state.faults else value for name, value in body["data"].items()
        }
        self.state.items[path] = (version + 1, kept)
        return web.json_response({"data": {"version": version + 1, "destroyed": False}})

    def _first(self, request: web.Request) -> web.Response | None:
        self.state.calls.append(f"{request.method} {request.match_info['path']}")
        if "unavailable" in self.state.faults:
            return _refusal(503, "Vault is sealed")
        if request.headers.get("X-Vault-Token") not in self.state.tokens or "denied" in self.state.faults:
            return _refusal(403, "permission denied")
        mount = request.match_info["mount"]
        if mount != self.state.mount:
            return _refusal(
                404, f'no handler for route "{mount}/data/{request.match_info["path"]}". route entry not found.'
            )
        return None
