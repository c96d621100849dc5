"""What people and later commands read: the runbook, the service file, the starter policies."""
