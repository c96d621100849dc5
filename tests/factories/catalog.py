"""A catalog over a real database, and a service file."""

from __future__ import annotations

from pathlib import Path

from fops.catalog.record import Catalog
from fops.kernel.clock import SystemClock
from fops.storage.database import Database

SERVICE_FILE = """\
schema: fops.service/v1
name: shop
owner: core
services:
  - name: shop-api
    path: .
    language: python
    port: 8000
    processes:
      - name: web
        command: uvicorn app:app
        port: 8000
    backing:
      - postgres
    secrets: [DATABASE_URL]
  - name: shop-web
    path: web
    language: node
    owner: pages
environments:
  - name: staging
    target: k8s
    protection: none
  - name: prod
    target: k8s
    protection: approval
    namespace: shop-prod
"""
REPOSITORY = "https://github.com/acme/shop.git"


def a_catalog(folder: Path) -> tuple[Catalog, Database]:
    database = Database(f"sqlite:///{folder / 'fops.db'}")
    return Catalog(database, SystemClock()), database
