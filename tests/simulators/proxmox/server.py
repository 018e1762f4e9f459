"""Speak HTTP: read a call, let the engine answer it, write the error text as reason phrase.

Source: facts p 1.1.
"""

import asyncio
import json
from urllib.parse import parse_qsl

from aiohttp import BodyPartReader, web

from .engine import Answer, Asked, Engine
from .refusal import RefusalError, refuse

_PREFIX = "/api2/json"
_FORM_LIMIT = 512 * 1024
_UNAUTHORISED_S = 3.0


def build(engine: Engine) -> web.Application:
    """Return the application that serves the API."""

    async def serve(request: web.Request) -> web.StreamResponse:
        line = f"{request.method} {request.rel_url.raw_path.removeprefix(_PREFIX)}"
        if fault := engine.faults.take("wait", line):
            await asyncio.sleep(float(fault.options.get("seconds", "0.2")))
        try:
            answer = engine.answer(await _read(request))
        except RefusalError as refusal:
            answer = Answer(refusal.status, refusal.text, None, refusal.errors)
        if answer.status == 401:
            await asyncio.sleep(min(engine.clock.real(_UNAUTHORISED_S), _UNAUTHORISED_S))
        return _write(request, answer)

    app = web.Application(client_max_size=2**30)
    app.router.add_route("*", "/{tail:.*}", serve)
    return app


async def _read(request: web.Request) -> Asked:
    if request.headers.get("Transfer-Encoding", "").lower() == "chunked":
        raise refuse("chunked")
    values = dict(parse_qsl(request.rel_url.raw_query_string, keep_blank_values=True))
    upload = None
    if request.content_type == "multipart/form-data":
        upload = await _read_parts(request, values)
    elif request.can_read_body:
        body = await request.read()
        if len(body) > _FORM_LIMIT:
            raise refuse("body-limit")
        values.update(parse_qsl(body.decode(), keep_blank_values=True))
    headers = {name.lower(): value for name, value in request.headers.items()}
    return Asked(request.method, request.rel_url.raw_path.removeprefix(_PREFIX), values, headers, upload)


async def _read_parts(request: web.Request, values: dict[str, str]) -> bytes | None:
    upload = None
    reader = await request.multipart()
    while (part := await reader.next()) is not None:
        assert isinstance(part, BodyPartReader)
        if part.filename is not None:
            upload = bytes(await part.read())
            values["filename"] = part.filename
        else:
            values[part.name or ""] = await part.text()
    return upload


def _write(request: web.Request, answer: Answer) -> web.StreamResponse:
    if answer.cut:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()
    body: dict[str, object] = {"data": answer.data}
    if answer.status != 200:
        body["message"] = answer.reason
    if answer.errors:
        body["errors"] = answer.errors
    return web.Response(
        status=answer.status, reason=answer.reason, text=json.dumps(body), content_type="application/json"
    )
