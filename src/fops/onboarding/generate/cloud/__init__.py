"""AWS templates for the two targets without a cluster: functions (serverless) and files (static)."""
