"""A small API server: TLS with client certificates, and the calls that a drain, a gate and an upgrade need."""

import ssl
from dataclasses import dataclass
from typing import Any

import yaml
from aiohttp import web

from .certificates import server_context, signed
from .kube import Kubernetes, Object, TooManyRequests
from .node import Node
from .site import API_SERVER, Site

_PUBLIC = ("/livez", "/readyz", "/healthz")
_APPLY = ("application/apply-patch+yaml", "application/apply-patch+cbor")


@dataclass(slots=True)
class _ApiServer:
    """What listens at one address: a control plane's own, or the VIP."""

    site: Site
    address: str
    runner: web.AppRunner

    async def close(self) -> None:
        """Stop listening and cut every connection."""
        await self.runner.cleanup()


async def serve(site: Site, address: str) -> _ApiServer | None:
    """Open an API server with a certificate of the cluster's Kubernetes authority."""
    node = site.api_node(address)
    if node is None or node.config is None or node.config.kubernetes is None:
        return None
    names = [address, "kubernetes", "kubernetes.default", "127.0.0.1", "10.96.0.1", *node.config.api_sans]
    certificate, key = signed(node.config.kubernetes, names, common_name="kube-apiserver")
    context = server_context(certificate, key, node.config.kubernetes.certificate, required=False)
    runner = web.AppRunner(_application(site, address), access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.SockSite(runner, site.ports.listen((address, API_SERVER)), ssl_context=context).start()
    return _ApiServer(site, address, runner)


def _application(site: Site, address: str) -> web.Application:
    app = web.Application(middlewares=[_authenticate])
    api = _Api(site, address)
    for path in _PUBLIC:
        app.router.add_get(path, api.healthy)
    app.router.add_get("/version", api.version)
    app.router.add_get("/api", api.groups)
    app.router.add_get("/apis", api.groups)
    app.router.add_get("/api/v1", api.resources)
    app.router.add_get("/api/v1/nodes", api.list_nodes)
    app.router.add_get("/api/v1/pods", api.list_pods)
    app.router.add_get("/api/v1/nodes/{name}", api.get_node)
    app.router.add_patch("/api/v1/nodes/{name}", api.patch_node)
    app.router.add_delete("/api/v1/nodes/{name}", api.delete_node)
    app.router.add_get("/api/v1/namespaces/{namespace}/pods", api.list_pods)
    app.router.add_get("/api/v1/namespaces/{namespace}/pods/{name}", api.get_pod)
    app.router.add_post("/api/v1/namespaces/{namespace}/pods/{name}/eviction", api.evict)
    for prefix in ("/api/{version}", "/apis/{group}/{version}"):
        for scope in ("/namespaces/{namespace}", ""):
            path = f"{prefix}{scope}/{{plural}}/{{name}}"
            app.router.add_get(path, api.get_object)
            app.router.add_patch(path, api.apply_object)
            app.router.add_delete(path, api.delete_object)
    return app


@web.middleware
async def _authenticate(request: web.Request, handler: Any) -> web.StreamResponse:
    if request.path not in _PUBLIC:
        tls = request.transport.get_extra_info("ssl_object") if request.transport else None
        certificate = tls.getpeercert() if isinstance(tls, ssl.SSLObject) else None
        if not certificate:
            return _failure(401, "Unauthorized", "Unauthorized")
        parts: Any = certificate.get("subject", ())
        subject = {key: value for part in parts for key, value in part}
        if subject.get("organizationName") != "system:masters":
            return _failure(403, "Forbidden", f'User "{subject.get("commonName", "")}" cannot do this')
    response: web.StreamResponse = await handler(request)
    return response


def _failure(code: int, reason: str, message: str, headers: dict[str, str] | None = None) -> web.Response:
    status = {"kind": "Status", "apiVersion": "v1", "status": "Failure"}
    return web.json_response(
        status | {"code": code, "reason": reason, "message": message}, status=code, headers=headers
    )


@dataclass(slots=True)
class _Api:
    site: Site
    address: str

    @property
    def node(self) -> Node:
        """The node that answers at this address now."""
        node = self.site.api_node(self.address)
        if node is None:
            raise web.HTTPServiceUnavailable(text="etcd has no quorum")
        return node

    @property
    def state(self) -> Kubernetes:
        """What its etcd holds."""
        cluster = self.node.disk.etcd
        assert cluster is not None
        return cluster.kubernetes

    async def healthy(self, request: web.Request) -> web.Response:
        if request.path == "/readyz" and self.site.faults.take("api-server-unready", self.node.name):
            return web.Response(status=500, text="[-]etcd failed: reason withheld\nreadyz check failed\n")
        return web.Response(text="ok")

    async def version(self, _: web.Request) -> web.Response:
        config = self.node.config
        assert config is not None
        tag = config.images["kube-apiserver"].rpartition(":")[2]
        major, minor, _patch = tag.removeprefix("v").split(".", 2)
        platform = {"goVersion": "go1.26", "compiler": "gc", "platform": "linux/amd64"}
        text = {"major": major, "minor": minor, "gitVersion": tag, "gitCommit": "", "gitTreeState": "clean"}
        return web.json_response(text | {"buildDate": "1970-01-01T00:00:00Z"} | platform)

    async def groups(self, request: web.Request) -> web.Response:
        if request.path == "/apis":
            return web.json_response({"kind": "APIGroupList", "apiVersion": "v1", "groups": []})
        return web.json_response({"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": []})

    async def resources(self, _: web.Request) -> web.Response:
        rows = [
            {"name": "nodes", "singularName": "node", "namespaced": False, "kind": "Node", "verbs": ["get", "list"]},
            {"name": "pods", "singularName": "pod", "namespaced": True, "kind": "Pod", "verbs": ["get", "list"]},
        ]
        return web.json_response({"kind": "APIResourceList", "groupVersion": "v1", "resources": rows})

    async def list_nodes(self, _: web.Request) -> web.Response:
        return web.json_response(_listed("NodeList", list(self.state.nodes.values())))

    async def get_node(self, request: web.Request) -> web.Response:
        return _one(self.state.nodes.get(request.match_info["name"]), "nodes", request)

    async def patch_node(self, request: web.Request) -> web.Response:
        node = self.state.nodes.get(request.match_info["name"])
        if node is None:
            return _one(None, "nodes", request)
        if request.content_type not in ("application/strategic-merge-patch+json", "application/merge-patch+json"):
            return _failure(
                415, "UnsupportedMediaType", f"the body of the request was in an unknown format: {request.content_type}"
            )
        _merge(node, await request.json())
        return web.json_response(self.state.stamp(node))

    async def delete_node(self, request: web.Request) -> web.Response:
        node = self.state.nodes.get(request.match_info["name"])
        if node is not None:
            self.state.forget_node(request.match_info["name"])
        return _one(node, "nodes", request)

    async def list_pods(self, request: web.Request) -> web.Response:
        pods = list(self.state.pods.values())
        if namespace := request.match_info.get("namespace"):
            pods = [pod for pod in pods if pod["metadata"]["namespace"] == namespace]
        for selector, value in _selectors(request, "fieldSelector"):
            if selector != "spec.nodeName":
                return _failure(400, "BadRequest", f"field label not supported: {selector}")
            pods = [pod for pod in pods if pod["spec"].get("nodeName") == value]
        for selector, value in _selectors(request, "labelSelector"):
            pods = [pod for pod in pods if pod["metadata"]["labels"].get(selector) == value]
        return web.json_response(_listed("PodList", pods))

    async def get_pod(self, request: web.Request) -> web.Response:
        key = f"{request.match_info['namespace']}/{request.match_info['name']}"
        return _one(self.state.pods.get(key), "pods", request)

    async def evict(self, request: web.Request) -> web.Response:
        namespace, name = request.match_info["namespace"], request.match_info["name"]
        body = await request.json()
        if body.get("kind") != "Eviction" or body.get("apiVersion") != "policy/v1":
            return _failure(400, "BadRequest", "expected a policy/v1 Eviction")
        pod = self.state.pods.get(f"{namespace}/{name}")
        if pod is None:
            return _one(None, "pods", request)
        try:
            if self.site.faults.take("eviction-refused", pod["spec"].get("nodeName", "")):
                raise TooManyRequests("Cannot evict pod as it would violate the pod's disruption budget.")
            self.state.evict(namespace, name)
        except TooManyRequests as error:
            return _failure(429, "TooManyRequests", str(error), {"Retry-After": "10"})
        return web.json_response({"kind": "Status", "apiVersion": "v1", "status": "Success"}, status=201)

    async def get_object(self, request: web.Request) -> web.Response:
        return _one(self.state.objects.get(_key(request)), request.match_info["plural"], request)

    async def apply_object(self, request: web.Request) -> web.Response:
        """Apply server-side, or merge into what is there; any other patch is refused."""
        manager = request.query.get("fieldManager")
        if request.content_type == "application/merge-patch+json":
            there = self.state.objects.get(_key(request))
            if there is not None:
                _merge(there, await request.json())
                self.state.stamp(there)
            return _one(there, request.match_info["plural"], request)
        if request.content_type not in _APPLY:
            return _failure(
                415, "UnsupportedMediaType", f"the body of the request was in an unknown format: {request.content_type}"
            )
        if not manager:
            return _failure(400, "BadRequest", "fieldManager is required for apply patch")
        item = yaml.safe_load(await request.text())
        key = _key(request)
        if not isinstance(item, dict) or item.get("metadata", {}).get("name") != key[3]:
            return _failure(400, "BadRequest", "the name of the object does not match the name on the URL")
        held = self.state.managers.get(key)
        if held not in (None, manager) and request.query.get("force") != "true":
            return _failure(409, "Conflict", f'Apply failed with 1 conflict: conflict with "{held}"')
        status = 200 if key in self.state.objects else 201
        self.state.objects[key], self.state.managers[key] = self.state.stamp(item), manager
        self.state.cni = self.state.cni or key[1:] == ("daemonsets", "kube-system", "cilium")
        return web.json_response(item, status=status)

    async def delete_object(self, request: web.Request) -> web.Response:
        self.state.managers.pop(_key(request), None)
        return _one(self.state.objects.pop(_key(request), None), request.match_info["plural"], request)


def _key(request: web.Request) -> tuple[str, str, str, str]:
    match = request.match_info
    version = f"{match['group']}/{match['version']}" if "group" in match else match["version"]
    return version, match["plural"], match.get("namespace", ""), match["name"]


def _one(item: Object | None, plural: str, request: web.Request) -> web.Response:
    if item is None:
        return _failure(404, "NotFound", f'{plural} "{request.match_info["name"]}" not found')
    return web.json_response(item)


def _listed(kind: str, items: list[Object]) -> Object:
    return {"kind": kind, "apiVersion": "v1", "metadata": {"resourceVersion": "1"}, "items": items}


def _selectors(request: web.Request, name: str) -> list[tuple[str, str]]:
    pairs = [pair.partition("=") for pair in request.query.get(name, "").split(",") if pair]
    return [(key, value.removeprefix("=")) for key, _, value in pairs]


def _merge(target: Object, patch: Object) -> None:
    for key, value in patch.items():
        if value is None:
            target.pop(key, None)
        elif isinstance(value, dict):
            _merge(target.setdefault(key, {}), value)
        else:
            target[key] = value
