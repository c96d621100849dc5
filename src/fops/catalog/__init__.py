"""The catalog: which services there are and where they run, as the repository's `fops.yaml` says.

Must not know: onboarding, deployments, clusters. Map:
    model.py          the nouns of the service file
    service_file.py   its text to values, refused with the place and the value     registered.py  what is kept of a service, what changes
    record.py         Catalog: add, show, page, remove, team_of                   describe.py    services for `fops why`
    store.py          services, environments, teams
    service_file.schema.json   the same rules for editors and other programs
"""

from fops.catalog.model import SCHEMA, Environment, Process, Protection, Runtime, Service, ServiceFile
from fops.catalog.service_file import parse, schema

__all__ = [
    "SCHEMA",
    "Environment",
    "Process",
    "Protection",
    "Runtime",
    "Service",
    "ServiceFile",
    "parse",
    "schema",
]
