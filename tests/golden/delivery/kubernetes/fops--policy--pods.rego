# A container runs as an ordinary user, cannot gain rights, and says how much it may use.
#
# Input: one Kubernetes object with containers; others pass.
# Result: `deny`, a set of sentences; empty means it passes.
# Pass: runAsNonRoot: true and allowPrivilegeEscalation: false, with a memory limit and CPU and memory requests.
# Fail: privileged: true, a container without resources.
package fops.kubernetes.pods

import rego.v1

deny contains message if {
	some container in containers
	not non_root(container)
	message := says(container, "may run as root: set securityContext.runAsNonRoot")
}

deny contains message if {
	some container in containers
	object.get(container, ["securityContext", "allowPrivilegeEscalation"], true)
	message := says(container, "may gain rights: set securityContext.allowPrivilegeEscalation to false")
}

deny contains message if {
	some container in containers
	object.get(container, ["securityContext", "privileged"], false)
	message := says(container, "is privileged")
}

deny contains message if {
	some container in containers
	not object.get(container, ["resources", "limits", "memory"], false)
	message := says(container, "has no memory limit")
}

deny contains message if {
	some container in containers
	some resource in {"cpu", "memory"}
	not object.get(container, ["resources", "requests", resource], false)
	message := says(container, sprintf("requests no %s", [resource]))
}

non_root(container) if container.securityContext.runAsNonRoot

non_root(container) if {
	not object.get(container, ["securityContext", "runAsNonRoot"], null) == false
	pod.securityContext.runAsNonRoot
}

says(container, text) := sprintf("%s %s: container %s %s", [input.kind, input.metadata.name, container.name, text])

containers contains container if {
	some key in {"containers", "initContainers"}
	some container in object.get(pod, key, [])
}

pod := input.spec.template.spec if input.kind in {"Deployment", "StatefulSet", "DaemonSet", "Job"}

pod := input.spec.jobTemplate.spec.template.spec if input.kind == "CronJob"

pod := input.spec if input.kind == "Pod"
