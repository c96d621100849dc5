"""All actions by name."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator

from fops.actions.model import Action
from fops.kernel.errors import NotFound


class Registry:
    """The actions that packs and rooms brought; names are unique. Raises ValueError on a name taken twice."""

    def __init__(self, actions: Iterable[Action]) -> None:
        self._actions: dict[str, Action] = {}
        for action in actions:
            if action.name in self._actions:
                raise ValueError(f"action {action.name!r} is brought by two packs")
            self._actions[action.name] = action

    def get(self, name: str) -> Action:
        """The action of a name. Raises NotFound."""
        if name not in self._actions:
            near = difflib.get_close_matches(name, self._actions, n=1)
            raise NotFound(
                f"no action {name!r}",
                hint=f"did you mean {near[0]}?" if near else "its pack may not be installed",
            )
        return self._actions[name]

    def __iter__(self) -> Iterator[Action]:
        return iter(self._actions[name] for name in sorted(self._actions))
