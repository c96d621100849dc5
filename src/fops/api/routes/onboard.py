"""`/api/onboard`."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Body, Depends
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from fops.api.callers import Caller, House, counts_as_work
from fops.api.documents import WORK, answer, failures, needs
from fops.api.routing import RoomRouter
from fops.api.work import Key, Prefer, worked

router = RoomRouter(prefix="/onboard", tags=["onboard"])

_RESULT = {"status": "proposed", "pr_url": "file:///var/lib/fops/proposals/pro_01jx0000000000000000000000/PULL_REQUEST.md",
           "branch": "fops/onboard-shop-k8s", "commit": "1f0c2a6d9e41", "proposal": "pro_01jx0000000000000000000000",
           "operation": "opn_01jx0000000000000000000000", "target": "k8s", "services": ["shop"],
           "files": [{"path": "Dockerfile", "reason": "How the image is built."}],
           "checks": [{"artifact": "Dockerfile", "check": "hadolint", "status": "pass", "detail": ""}], "questions": []}  # fmt: skip


class RepositoryToOnboard(BaseModel):
    """What to onboard; what is left out is taken from an earlier run, else from detection or custom."""

    model_config = ConfigDict(extra="forbid", strict=True)

    repo_url: Annotated[
        str, Field(min_length=1, max_length=2000, description="https://…, git@host:path or owner/name.")
    ]
    target: Literal["k8s", "serverless", "static"] | None = None
    environments: Annotated[list[str] | None, Field(max_length=20)] = None
    auto_detect: bool | None = None
    ref: Annotated[str | None, Field(max_length=255, description="A branch or tag.")] = None
    path: Annotated[str | None, Field(max_length=1000, description="The application's folder.")] = None
    answers: Annotated[dict[str, str], Field(description="By fact, or by SERVICE.fact.")] = {}
    provider: Annotated[
        str | None,
        Field(
            max_length=40,
            examples=["github"],
            description="Where the change request is made; left out, it is GitHub for an address there once a token is configured.",
        ),
    ] = None
    forget: Annotated[bool, Field(description="Start without what earlier runs were told.")] = False


@router.post("/repo", openapi_extra=needs("onboard.propose"), dependencies=[Depends(counts_as_work)], responses=answer(_RESULT)
             | answer({"operation": "opn_01jx0000000000000000000000"}, status=202, description="It runs; `Location` says where.")
             | failures(*WORK))  # fmt: skip
async def repo(
    house: House,
    caller: Caller,
    asked: Annotated[RepositoryToOnboard, Body(examples=[{"repo_url": "https://github.com/acme/shop", "target": "k8s",
                                                          "environments": ["staging", "prod"]}])],
    prefer: Prefer = None,
    idempotency_key: Key = None,
) -> JSONResponse:  # fmt: skip
    """Take a repository to a proposal: 200 with `pr_url` when finished, 202 with `Prefer: respond-async`."""
    parameters = asked.model_dump(exclude={"repo_url"}) | {"what": asked.repo_url}
    return await worked(house, caller, "onboard.repo", parameters, prefer=prefer, key=idempotency_key)
