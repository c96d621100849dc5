"""One table: effect x environment -> the approval a change needs."""

from __future__ import annotations

from enum import StrEnum

from fops.actions.model import Effect


class Needed(StrEnum):
    """Who must say yes: nobody, the person who asks (by the command or a flag), or somebody else."""

    NOBODY = "nobody"
    ASKER = "asker"
    ANOTHER = "another"


# Environments: None is "outside any environment" (a branch, a folder); production is protected by name until
# service files say more.
_TABLE = {
    (Effect.READ, "any"): Needed.NOBODY,
    (Effect.PROPOSE, "any"): Needed.NOBODY,
    (Effect.CHANGE, "any"): Needed.ASKER,
    (Effect.CHANGE, "production"): Needed.ANOTHER,
    (Effect.DESTROY, "any"): Needed.ASKER,
    (Effect.DESTROY, "production"): Needed.ANOTHER,
}


def needed(effect: Effect, environment: str | None) -> Needed:
    """The approval an effect needs in an environment."""
    place = "production" if environment in {"prod", "production"} else "any"
    return _TABLE.get((effect, place), _TABLE[effect, "any"])
