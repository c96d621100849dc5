"""Planning: source, tree and findings in, one frozen OnboardingPlan out. Pure; nothing is asked here.

Must not know: doors, disks, generators. Map:
    options.py   what a person may choose          answers.py   `--set` as typed facts
    planning.py  the plan as a whole               services.py  one application as a ServicePlan
    target.py    where it can run                  defaults.py  what is taken when nobody answered
    document.py  the plan as JSON, its digest      releases.py  which exact release stands behind a version
"""

from fops.onboarding.plan.document import plan_digest, plan_json
from fops.onboarding.plan.options import Options, Planned
from fops.onboarding.plan.planning import plan

__all__ = ["Options", "Planned", "plan", "plan_digest", "plan_json"]
