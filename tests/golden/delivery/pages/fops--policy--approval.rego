# Production changes only after somebody approved exactly this change.
#
# Input: a document of schema fops.policy-input/v1; `approvals` lists who approved it, each with an `actor`.
# Result: `deny`, a set of sentences; empty means it passes.
# Pass: {"environment": "prod", "actor": "local:ada", "approvals": [{"actor": "local:grace"}]}
# Fail: the same without approvals, or approved by the actor alone.
package fops.deployment.approval

import rego.v1

protected := {"prod"}

deny contains message if {
	input.environment in protected
	count(others) == 0
	message := sprintf("%s needs the approval of somebody other than %s", [input.environment, input.actor])
}

others contains approval.actor if {
	some approval in object.get(input, "approvals", [])
	approval.actor != input.actor
}
