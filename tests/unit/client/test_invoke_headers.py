"""What a request to another server carries along."""

from __future__ import annotations

import httpx2

from fops.client.invoke import HttpInvoker
from fops.kernel.context import RequestContext
from fops.kernel.correlation import taken_along

CALLER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def test_a_call_carries_its_request_id_and_where_there_is_one_its_trace():
    seen = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        seen.append((request.headers["x-request-id"], request.headers.get("traceparent")))
        return httpx2.Response(200, json={})

    ctx = RequestContext(actor="local:ada", door="test", request_id="req_1")
    client = httpx2.Client(base_url="http://localhost", transport=httpx2.MockTransport(answer))
    invoker = HttpInvoker(client, lambda _event: None)
    invoker.invoke(ctx, "audit.list", {})
    with taken_along({"traceparent": CALLER}):
        invoker.invoke(ctx, "audit.list", {})
    assert seen == [("req_1", None), ("req_1", CALLER)]
