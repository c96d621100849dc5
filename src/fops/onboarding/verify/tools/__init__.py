"""The programs of the `verify` extra, each described by one module. Adding one touches this list and its own file."""

from fops.onboarding.verify.tools.actionlint import ACTIONLINT
from fops.onboarding.verify.tools.cfn_lint import CFN_LINT
from fops.onboarding.verify.tools.hadolint import HADOLINT
from fops.onboarding.verify.tools.json_schema import COMPOSE_SCHEMA, WORKFLOW_SCHEMA
from fops.onboarding.verify.tools.kubernetes_schema import KUBERNETES_SCHEMA
from fops.onboarding.verify.tools.kustomize import KUSTOMIZE
from fops.onboarding.verify.tools.shellcheck import SHELLCHECK
from fops.onboarding.verify.tools.tool import Tool
from fops.onboarding.verify.tools.zizmor import ZIZMOR

# cfn-lint first: it is the slowest by far, and the others run beside it.
TOOLS: tuple[Tool, ...] = (
    CFN_LINT,
    HADOLINT,
    SHELLCHECK,
    ACTIONLINT,
    ZIZMOR,
    WORKFLOW_SCHEMA,
    COMPOSE_SCHEMA,
    KUBERNETES_SCHEMA,
    KUSTOMIZE,
)
