"""All actions and workflows by name: what every door offers."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator

from fops.actions.model import Action
from fops.actions.operations import Workflow
from fops.kernel.errors import NotFound, UsageError


class Registry:
    """What packs and rooms brought; a name stands for one thing. Raises ValueError on a name taken twice."""

    def __init__(self, actions: Iterable[Action], workflows: Iterable[Workflow] = ()) -> None:
        self._known: dict[str, Action | Workflow] = {}
        everything: tuple[Action | Workflow, ...] = (*actions, *workflows)
        for one in everything:
            if one.name in self._known:
                raise ValueError(f"{one.name!r} is brought twice")
            self._known[one.name] = one

    def find(self, name: str) -> Action | Workflow:
        """The action or workflow of a name. Raises NotFound."""
        if name not in self._known:
            near = difflib.get_close_matches(name, self._known, n=1)
            raise NotFound(
                f"no action {name!r}",
                hint=f"did you mean {near[0]}?" if near else "its pack may not be installed",
            )
        return self._known[name]

    def get(self, name: str) -> Action:
        """The action of a name, as a ChangeSet may hold it. Raises NotFound, UsageError for a workflow."""
        found = self.find(name)
        if isinstance(found, Workflow):
            raise UsageError(f"{name} is work of several steps and no part of a change set")
        return found

    def implementing(self, contract: str, provider: str) -> Action | None:
        """The action that fulfils a contract for a provider, None where no pack brings one."""
        actions = (one for one in self._known.values() if isinstance(one, Action))
        return next((one for one in actions if (one.implements, one.provider) == (contract, provider)), None)

    def providers(self, contract: str) -> tuple[str, ...]:
        """For whom a contract is fulfilled here."""
        return tuple(
            sorted(one.provider for one in self if isinstance(one, Action) and one.implements == contract)
        )

    def __iter__(self) -> Iterator[Action | Workflow]:
        return iter(self._known[name] for name in sorted(self._known))
