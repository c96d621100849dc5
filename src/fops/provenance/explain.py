"""The walk from a subject down to source lines and rules."""

from __future__ import annotations

from collections.abc import Sequence

from fops.kernel.context import RequestContext
from fops.kernel.errors import NotFound
from fops.provenance.model import Describer, Description, Explanation, Node

MAX_DEPTH = 12  # an entry → operation → proposal → artifact → fact chain has six hops


class Explainer:
    """Asks the rooms' describers in turn, hop by hop."""

    def __init__(self, describers: Sequence[Describer]) -> None:
        self._describers = tuple(describers)

    def explain(self, ctx: RequestContext, subject: str) -> Explanation:
        """The subject with all it rests on. Raises NotFound."""
        description = self._describe(ctx, subject)
        if description is None:
            raise NotFound(
                f"nothing is known of {subject!r}",
                hint="give an id as a command printed it (`fops audit list` shows some), or FILE:LINE of a generated file",
            )
        return self._walk(ctx, description, frozenset())

    def _describe(self, ctx: RequestContext, subject: str) -> Description | None:
        return next((found for one in self._describers if (found := one.describe(ctx, subject))), None)

    def _walk(self, ctx: RequestContext, description: Description, above: frozenset[str]) -> Explanation:
        above |= {description.node.id}
        below = (
            [self._below(ctx, reason, above) for reason in description.rests_on]
            if len(above) < MAX_DEPTH
            else []
        )
        return Explanation(node=description.node, rests_on=tuple(below))

    def _below(self, ctx: RequestContext, reason: str | Description, above: frozenset[str]) -> Explanation:
        description = self._describe(ctx, reason) if isinstance(reason, str) else reason
        if description is None:
            return Explanation(node=Node(id=str(reason), kind="unknown", says="not recorded here"))
        if description.node.id in above:
            return Explanation(node=description.node)
        return self._walk(ctx, description, above)
