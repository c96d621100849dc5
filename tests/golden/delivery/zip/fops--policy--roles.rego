# A role may do named things on named resources.
#
# Input: a CloudFormation template as JSON.
# Result: `deny`, a set of sentences; empty means it passes.
# Pass: Action: logs:PutLogEvents on one log group. Fail: Action: "*", Action: s3:*, Resource: "*"
package fops.cloudformation.roles

import rego.v1

deny contains message if {
	some name, statement
	statements[name][statement]
	some action in as_list(statement.Action)
	endswith(action, "*")
	message := sprintf("role %s allows %s", [name, action])
}

deny contains message if {
	some name, statement
	statements[name][statement]
	some resource in as_list(statement.Resource)
	resource == "*"
	message := sprintf("role %s allows every resource", [name])
}

statements[name] contains statement if {
	some name, resource in input.Resources
	resource.Type == "AWS::IAM::Role"
	some policy in object.get(resource.Properties, "Policies", [])
	some statement in policy.PolicyDocument.Statement
	statement.Effect == "Allow"
}

as_list(value) := value if is_array(value)

as_list(value) := [value] if not is_array(value)
