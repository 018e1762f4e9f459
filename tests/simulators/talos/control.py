"""Let another process look at the simulator and turn its switches: plain HTTP on a port of its own.

GET /state · GET /map · GET /calls · GET, POST, DELETE /faults · POST /clock {rate, advance} · POST /settings
POST /nodes {name, address, version, platform} · DELETE /nodes/ADDRESS · POST /nodes/ADDRESS/power {on}
POST /reserve {addresses} · POST /workloads {cluster, namespace, app, nodes, min_available}
"""

from typing import Any

from aiohttp import web

from .faults import Fault
from .site import Site


def build(site: Site) -> web.Application:
    """Return the application behind the control port."""
    control = _Control(site)
    app = web.Application(middlewares=[_explain])
    app.router.add_get("/state", control.state)
    app.router.add_get("/map", control.address_map)
    app.router.add_get("/calls", control.calls)
    app.router.add_get("/faults", control.faults)
    app.router.add_post("/faults", control.add_fault)
    app.router.add_delete("/faults", control.clear_faults)
    app.router.add_post("/clock", control.turn_clock)
    app.router.add_post("/settings", control.settings)
    app.router.add_post("/reserve", control.reserve)
    app.router.add_post("/nodes", control.add_node)
    app.router.add_delete("/nodes/{address}", control.remove_node)
    app.router.add_post("/nodes/{address}/power", control.power)
    app.router.add_post("/workloads", control.add_workload)
    return app


@web.middleware
async def _explain(request: web.Request, handler: Any) -> web.StreamResponse:
    try:
        response: web.StreamResponse = await handler(request)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        return web.json_response({"error": f"{type(error).__name__}: {error}"}, status=400)
    return response


class _Control:
    def __init__(self, site: Site) -> None:
        self.site = site

    async def state(self, _: web.Request) -> web.Response:
        nodes = {
            address: {
                "name": node.name,
                "stage": node.stage,
                "running": node.running,
                "installed": node.disk.installed,
                "boot_id": node.boot_id,
                "member": node.disk.member_id,
                "role": node.config.role if node.config else None,
                "services": {name: [s.state, s.healthy] for name, s in node.services.items()},
            }
            for address, node in self.site.nodes.items()
        }
        clusters = [
            {
                "id": cluster.cluster_id,
                "members": {
                    m.node: {"learner": m.is_learner, "started": m.is_started} for m in cluster.members.values()
                },
                "kubernetes": cluster.kubernetes.dump(),
                "evictions": cluster.kubernetes.evictions,
            }
            for cluster in self.site.clusters
        ]
        whole = {"nodes": nodes, "clusters": clusters, "splits": self.site.splits(), "now": self.site.clock.now()}
        return web.json_response(whole)

    async def address_map(self, _: web.Request) -> web.Response:
        return web.json_response(self.site.ports.table())

    async def calls(self, _: web.Request) -> web.Response:
        return web.json_response(self.site.calls)

    async def faults(self, _: web.Request) -> web.Response:
        return web.json_response(self.site.faults.dump())

    async def add_fault(self, request: web.Request) -> web.Response:
        self.site.faults.active.append(Fault(**await request.json()))
        return web.json_response({})

    async def clear_faults(self, _: web.Request) -> web.Response:
        self.site.faults.active.clear()
        return web.json_response({})

    async def turn_clock(self, request: web.Request) -> web.Response:
        wanted = await request.json()
        if "rate" in wanted:
            self.site.clock.turn(float(wanted["rate"]))
        self.site.clock.advance(float(wanted.get("advance", 0)))
        return web.json_response({"now": self.site.clock.now()})

    async def settings(self, request: web.Request) -> web.Response:
        """Change latency, the operator's address, a duration, or whether a cluster has its network."""
        wanted = await request.json()
        self.site.latency = float(wanted.get("latency", self.site.latency))
        self.site.operator = str(wanted.get("operator", self.site.operator))
        for name, seconds in wanted.get("timing", {}).items():
            getattr(self.site.timing, name)
            setattr(self.site.timing, name, float(seconds))
        for cluster in self.site.clusters:
            cluster.kubernetes.cni = bool(wanted.get("cni", cluster.kubernetes.cni))
        return web.json_response({})

    async def reserve(self, request: web.Request) -> web.Response:
        for address in (await request.json())["addresses"]:
            self.site.reserve(address)
        return web.json_response(self.site.ports.table())

    async def add_node(self, request: web.Request) -> web.Response:
        node = self.site.add_node(**await request.json())
        return web.json_response({"uuid": node.system_uuid})

    async def remove_node(self, request: web.Request) -> web.Response:
        self.site.remove_node(request.match_info["address"])
        return web.json_response({})

    async def power(self, request: web.Request) -> web.Response:
        node = self.site.nodes[request.match_info["address"]]
        if (await request.json())["on"]:
            node.power_on()
        else:
            node.power_off()
        return web.json_response({"stage": node.stage})

    async def add_workload(self, request: web.Request) -> web.Response:
        wanted = await request.json()
        cluster = self.site.living(wanted.pop("cluster"))[0]
        cluster.kubernetes.add_workload(**wanted)
        return web.json_response({})
