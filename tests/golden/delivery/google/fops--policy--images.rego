# An image is named by a version, so that what was approved is what runs.
#
# Input: one Kubernetes object with containers; others pass.
# Result: `deny`, a set of sentences; empty means it passes.
# Pass: image: europe-west1-docker.pkg.dev/acme/shop/api:1.4.2, or the same with @sha256:…
# Fail: image: europe-west1-docker.pkg.dev/acme/shop/api, image: europe-west1-docker.pkg.dev/acme/shop/api:latest
package fops.kubernetes.images

import rego.v1

deny contains message if {
	some container in containers
	not fixed(container.image)
	message := sprintf("%s %s: image %s has no fixed tag", [input.kind, input.metadata.name, container.image])
}

fixed(image) if contains(image, "@sha256:")

fixed(image) if {
	name := regex.replace(image, "^.*/", "")
	[_, tag] := split(name, ":")
	not tag in {"", "latest"}
}

containers contains container if {
	some key in {"containers", "initContainers"}
	some container in object.get(pod, key, [])
}

pod := input.spec.template.spec if input.kind in {"Deployment", "StatefulSet", "DaemonSet", "Job"}

pod := input.spec.jobTemplate.spec.template.spec if input.kind == "CronJob"

pod := input.spec if input.kind == "Pod"
