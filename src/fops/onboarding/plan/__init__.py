"""Planning: source, tree and findings in, one frozen OnboardingPlan out. Pure; nothing is asked here.

Must not know: doors, disks, generators. Map:
    options.py    what a person may choose, or chose  answers.py   `--set` as typed facts
    planning.py   the plan as a whole                 apps.py      which applications become services
    services.py   one application as a ServicePlan    processes.py what of it keeps running
    names.py      services, environments, images      target.py    where it can run
    defaults.py   what is taken when nobody answered  releases.py  which exact release stands behind a version
    data.py       where data is that no server keeps  document.py  the plan as JSON, its digest
"""

from fops.onboarding.plan.document import plan_digest, plan_json
from fops.onboarding.plan.options import (
    DEFAULT_ENVIRONMENTS,
    Options,
    Planned,
    flags,
    kept,
    recalled,
)
from fops.onboarding.plan.planning import check, plan

__all__ = [
    "DEFAULT_ENVIRONMENTS", "Options", "Planned", "check", "flags", "kept", "plan", "plan_digest", "plan_json", "recalled",
]  # fmt: skip
