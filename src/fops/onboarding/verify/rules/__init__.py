"""Our own rules, one module each with what passes and what fails. Adding one touches its file and this list."""

from fops.onboarding.verify.finding import Rule
from fops.onboarding.verify.rules.container import compose_port, exposed_port, non_root_image
from fops.onboarding.verify.rules.files import hidden_characters, moving_image, parses, secrets
from fops.onboarding.verify.rules.kubernetes import (
    image_is_built,
    ingress_reaches_service,
    kustomization_complete,
    network_policy_admits,
    pod_security,
    probe_is_served,
    references_provided,
    selectors_match,
    service_reaches_container,
)
from fops.onboarding.verify.rules.operations import metrics_known, parameters_match, service_file
from fops.onboarding.verify.rules.workflow import actions_pinned, scripts_exist, settings_listed

RULES: tuple[Rule, ...] = (
    parses.RULE,
    hidden_characters.RULE,
    secrets.RULE,
    moving_image.RULE,
    exposed_port.RULE,
    non_root_image.RULE,
    compose_port.RULE,
    service_reaches_container.RULE,
    probe_is_served.RULE,
    ingress_reaches_service.RULE,
    selectors_match.RULE,
    network_policy_admits.RULE,
    image_is_built.RULE,
    references_provided.RULE,
    kustomization_complete.RULE,
    pod_security.RULE,
    actions_pinned.RULE,
    settings_listed.RULE,
    scripts_exist.RULE,
    parameters_match.RULE,
    metrics_known.RULE,
    service_file.RULE,
)
