# A bucket is private, encrypted and keeps its old versions.
#
# Input: a CloudFormation template as JSON.
# Result: `deny`, a set of sentences; empty means it passes.
# Pass: all four public access blocks true, encryption set, versioning enabled. Fail: a bucket with only a name.
package fops.cloudformation.buckets

import rego.v1

deny contains message if {
	some name, properties in buckets
	some block in {"BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"}
	not object.get(properties, ["PublicAccessBlockConfiguration", block], false)
	message := sprintf("bucket %s does not set %s", [name, block])
}

deny contains message if {
	some name, properties in buckets
	not properties.BucketEncryption
	message := sprintf("bucket %s is not encrypted", [name])
}

deny contains message if {
	some name, properties in buckets
	object.get(properties, ["VersioningConfiguration", "Status"], "") != "Enabled"
	message := sprintf("bucket %s keeps no old versions", [name])
}

buckets[name] := object.get(resource, "Properties", {}) if {
	some name, resource in input.Resources
	resource.Type == "AWS::S3::Bucket"
}
