"""Files that speak for every language: what they say about an application, as candidate facts.

Must not know: which language won, beyond its name in `Place`. Adding a source touches its module and the list below.

Precedence, most trusted first; equal confidences are taken in this order, and before the language's own facts:
    Procfile, platform files (fly.toml, app.yaml, …)   CERTAIN    written to say how the application runs
    Dockerfile                                         CERTAIN    port, health; LIKELY the command and the version
    compose                                            STRONG     container port of the service built from this folder
    Kubernetes manifests                               STRONG     containerPort of the workload
    .env.example                                       LIKELY     names a person must set, and their defaults
    Aptfile, packages.txt                              LIKELY     what the image needs beside the dependencies
A version file beats the Dockerfile's base image, and a manifest's start script its command: the first speak of the
project, the second of one way of packing it. Where the image is built from it, the plan follows the Dockerfile anyway.
"""

from collections.abc import Iterator

from fops.onboarding.detect.files import (
    compose,
    dockerfile,
    environment,
    kubernetes,
    platforms,
    procfile,
    system_packages,
)
from fops.onboarding.detect.files.place import Place
from fops.onboarding.model import Fact

_SOURCES = (procfile, platforms, dockerfile, compose, kubernetes, environment, system_packages)


def facts(place: Place) -> Iterator[Fact]:
    """The candidate facts of every such file that concerns the place."""
    for source in _SOURCES:
        yield from source.facts(place)
