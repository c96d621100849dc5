"""Rules for templates of cloud resources, monitoring and the service file."""
