"""The catalog's queries, on either kind of database."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from factories.actions import a_context
from factories.catalog import REPOSITORY, SERVICE_FILE
from fops.catalog.record import Catalog, Named, Told
from fops.kernel.clock import SystemClock

FILE = Told(text=SERVICE_FILE, repository=REPOSITORY)
ADA = a_context()


def test_a_service_is_kept_changed_found_and_forgotten(database):
    catalog = Catalog(database, SystemClock())
    catalog.add(ADA, FILE)
    before = catalog.show(ADA, "shop-api")
    moved = SERVICE_FILE.replace("  - name: staging\n    target: k8s\n    protection: none\n", "")
    catalog.add(ADA, replace(FILE, text=moved, team="night"))
    after = catalog.show(ADA, before["id"])
    assert (after["team"], after["environments"]) == ("night", before["environments"][1:])
    assert [one["name"] for one in catalog.page(ADA, after="shop-api", limit=5)["services"]] == ["shop-web"]
    assert catalog.team_of(ADA, "shop-api") == "night"
    catalog.remove(ADA, "shop-api")
    assert [one["name"] for one in catalog.page(ADA, after=None, limit=5)["services"]] == ["shop-web"]
    assert catalog.page(a_context(tenant="other"), after=None, limit=5)["services"] == []


def test_who_add_the_same_at_once_add_it_once(database):
    catalog = Catalog(database, SystemClock())
    told = Told(named=Named(name="pay"), team="core")
    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(lambda _: catalog.add(ADA, told), range(8)))
    assert sorted(one["services"][0]["status"] for one in done) == ["added", *["unchanged"] * 7]
