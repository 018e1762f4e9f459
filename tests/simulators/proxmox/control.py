"""Let another process look at the simulator and turn its switches: plain HTTP on a second port.

GET, PUT /site · GET /calls · GET, POST, DELETE /faults · POST /clock {rate, advance} · POST /certificate
"""

from collections.abc import Callable

from aiohttp import web

from . import saved
from .engine import Engine
from .faults import Fault


def build(engine: Engine, rotate: Callable[[], str]) -> web.Application:
    """Return the application behind the control port."""

    async def read_site(request: web.Request) -> web.Response:
        engine.settle()
        return web.Response(body=saved.dump(engine.site), content_type="application/json")

    async def load_site(request: web.Request) -> web.Response:
        engine.load(saved.load(await request.read()))
        return web.json_response({})

    async def read_calls(request: web.Request) -> web.Response:
        return web.json_response(engine.calls)

    async def read_faults(request: web.Request) -> web.Response:
        return web.json_response(engine.faults.dump())

    async def add_fault(request: web.Request) -> web.Response:
        try:
            engine.faults.active.append(Fault(**await request.json()))
        except (TypeError, ValueError) as error:
            return web.json_response({"error": str(error)}, status=400)
        return web.json_response({})

    async def clear_faults(request: web.Request) -> web.Response:
        engine.faults.active.clear()
        return web.json_response({})

    async def turn_clock(request: web.Request) -> web.Response:
        wanted = await request.json()
        if "rate" in wanted:
            engine.clock.turn(float(wanted["rate"]))
        engine.clock.advance(float(wanted.get("advance", 0)))
        return web.json_response({"now": engine.clock.now()})

    async def renew(request: web.Request) -> web.Response:
        return web.json_response({"fingerprint": rotate()})

    app = web.Application(client_max_size=2**30)
    app.router.add_get("/site", read_site)
    app.router.add_put("/site", load_site)
    app.router.add_get("/calls", read_calls)
    app.router.add_get("/faults", read_faults)
    app.router.add_post("/faults", add_fault)
    app.router.add_delete("/faults", clear_faults)
    app.router.add_post("/clock", turn_clock)
    app.router.add_post("/certificate", renew)
    return app
