"""Services as a file or a person tells of them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from factories.actions import a_context
from factories.catalog import REPOSITORY, SERVICE_FILE, a_catalog
from fops.catalog import Environment, Protection, Runtime
from fops.catalog.describe import Services
from fops.catalog.record import Named, Told
from fops.catalog.registered import same_place, without_credentials
from fops.kernel.errors import FormatError, NotFound, UsageError
from fops.provenance import Explainer

FILE = Told(text=SERVICE_FILE, repository=REPOSITORY)
ADA, ELSEWHERE = a_context(), a_context(tenant="other")


@pytest.fixture
def catalog(tmp_path):
    made, database = a_catalog(tmp_path)
    yield made
    database.close()


def edited(old: str, new: str) -> Told:
    assert old in SERVICE_FILE
    return replace(FILE, text=SERVICE_FILE.replace(old, new))


def test_every_service_of_a_file_is_added_with_its_team_and_places_in_order(catalog):
    done = catalog.add(ADA, FILE)
    assert [(one["name"], one["status"]) for one in done["services"]] == [
        ("shop-api", "added"),
        ("shop-web", "added"),
    ]
    api, web = (catalog.show(ADA, name) for name in ("shop-api", "shop-web"))
    assert (api["team"], web["team"]) == ("core", "pages")
    assert [(one["name"], one["protection"]) for one in api["environments"]] == [
        ("staging", "none"),
        ("prod", "approval"),
    ]
    assert api["id"].startswith("svc_")
    assert all(one["id"].startswith("env_") for one in api["environments"])
    assert (api["repository"], api["added_by"]) == (REPOSITORY, "local:ada")


def test_told_again_nothing_changes(catalog):
    catalog.add(ADA, FILE)
    before = catalog.show(ADA, "shop-api")
    done = catalog.add(a_context(actor="local:bob"), FILE)
    assert {one["status"] for one in done["services"]} == {"unchanged"}
    assert catalog.show(ADA, "shop-api") == before


def test_told_differently_it_says_what_changed_and_places_keep_their_ids(catalog):
    catalog.add(ADA, FILE)
    before = catalog.show(ADA, "shop-api")
    told = edited("port: 8000\n    processes", "port: 9000\n    processes")
    assert catalog.preview(ADA, told)[0] == "service shop-api: port 8000 → 9000"
    assert catalog.show(ADA, "shop-api") == before  # a preview changes nothing
    done = catalog.add(a_context(actor="local:bob"), told)
    assert done["services"][0] == {
        "id": before["id"],
        "name": "shop-api",
        "status": "updated",
        "changes": [{"what": "port", "before": 8000, "after": 9000}],
    }
    after = catalog.show(ADA, "shop-api")
    assert after["environments"] == before["environments"]
    assert (after["changed_by"], after["added_by"]) == ("local:bob", "local:ada")


def test_an_environment_that_left_the_file_leaves_the_service(catalog):
    catalog.add(ADA, FILE)
    prod = catalog.show(ADA, "shop-api")["environments"][1]
    done = catalog.add(ADA, edited("  - name: staging\n    target: k8s\n    protection: none\n", ""))
    assert {one["what"] for one in done["services"][0]["changes"]} == {
        "environments",
        "environments.staging.target",
        "environments.staging.protection",
    }
    assert catalog.show(ADA, "shop-api")["environments"] == [prod]


def test_lines_that_moved_are_known_though_nothing_changed(catalog):
    catalog.add(ADA, FILE)
    changed_at = catalog.show(ADA, "shop-api")["changed_at"]
    done = catalog.add(ADA, replace(FILE, text=f"# a note\n{SERVICE_FILE}"))
    assert {one["status"] for one in done["services"]} == {"unchanged"}
    after = catalog.show(ADA, "shop-api")
    assert (after["from"]["port"]["line"], after["changed_at"]) == (9, changed_at)


def test_a_service_that_left_the_file_is_named_and_stays_until_somebody_removes_it(catalog):
    catalog.add(ADA, FILE)
    start = SERVICE_FILE.index("  - name: shop-web")
    text = SERVICE_FILE[:start] + SERVICE_FILE[SERVICE_FILE.index("environments:") :]
    assert catalog.add(ADA, replace(FILE, text=text))["gone"] == ["shop-web"]
    assert catalog.remove(ADA, "shop-web")["removed"]["name"] == "shop-web"
    with pytest.raises(NotFound, match="no service 'shop-web'"):
        catalog.show(ADA, "shop-web")


def test_a_name_belongs_to_one_repository(catalog):
    catalog.add(ADA, FILE)
    with pytest.raises(UsageError, match=r"already that of https://github\.com/acme/shop"):
        catalog.add(ADA, replace(FILE, repository="https://github.com/acme/other"))
    catalog.add(ADA, replace(FILE, repository="git@github.com:acme/shop"))  # the same one by another protocol
    assert catalog.show(ADA, "shop-api")["repository"] == REPOSITORY


def test_an_address_is_kept_without_its_credentials(catalog):
    catalog.add(ADA, replace(FILE, repository="https://ada:not-a-password@git.example/shop"))
    assert catalog.show(ADA, "shop-api")["repository"] == "https://git.example/shop"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://GitHub.com/acme/shop.git", "git@github.com:acme/shop", True),
        ("ssh://git@github.com/acme/shop/", "https://x@github.com/acme/shop", True),
        ("https://github.com/acme/shop", "https://github.com/acme/Shop", False),
        ("/srv/shop", "/srv/shop/", True),
        (None, None, False),
    ],
)
def test_repositories_are_compared_by_host_and_path(one, other, same):
    assert same_place(one, other) is same


def test_a_path_with_an_at_sign_is_no_credential():
    assert without_credentials("https://git.example/a@b/c") == "https://git.example/a@b/c"


def test_a_person_names_a_service_and_what_is_left_out_stays(catalog):
    places = (Environment(name="live", target=Runtime.STATIC, protection=Protection.APPROVAL),)
    catalog.add(ADA, Told(named=Named(name="pay", given={"port": 80}, environments=places), team="core"))
    catalog.add(ADA, Told(named=Named(name="pay", given={"language": "go"})))
    pay = catalog.show(ADA, "pay")
    assert (pay["team"], pay["port"], pay["language"], pay["environments"][0]["name"]) == (
        "core",
        80,
        "go",
        "live",
    )
    assert pay["from"] == {}


def test_a_service_named_without_places_gets_the_usual_ones(catalog):
    catalog.add(ADA, Told(named=Named(name="pay")))
    assert [one["name"] for one in catalog.show(ADA, "pay")["environments"]] == ["staging", "prod"]


def test_who_says_so_overrules_the_file_s_owner(catalog):
    catalog.add(ADA, replace(FILE, team="night"))
    assert catalog.team_of(ADA, "shop-api") == "night"


def test_a_team_that_a_person_gave_stays_when_the_file_names_none(catalog):
    silent = replace(FILE, text=SERVICE_FILE.replace("owner: core\n", ""))
    catalog.add(ADA, replace(silent, team="night"))
    catalog.add(ADA, silent)
    assert catalog.team_of(ADA, "shop-api") == "night"


def test_the_team_of_a_service_is_found_by_name_and_id(catalog):
    catalog.add(ADA, FILE)
    assert catalog.team_of(ADA, "shop-web") == "pages"
    assert catalog.team_of(ADA, catalog.show(ADA, "shop-web")["id"]) == "pages"
    assert catalog.team_of(ADA, "nobody") is None


def test_pages_follow_one_another_by_name_and_a_team_has_its_own(catalog):
    for number in range(5):
        catalog.add(ADA, Told(named=Named(name=f"s{number}"), team="even" if number % 2 == 0 else "odd"))
    first = catalog.page(ADA, after=None, limit=2)
    assert ([one["name"] for one in first["services"]], first["cursor"]) == (["s0", "s1"], "s1")
    rest = catalog.page(ADA, after=first["cursor"], limit=10)
    assert ([one["name"] for one in rest["services"]], rest["cursor"]) == (["s2", "s3", "s4"], None)
    odd = catalog.page(ADA, after=None, limit=10, team="odd")
    assert [one["name"] for one in odd["services"]] == ["s1", "s3"]


def test_another_tenant_sees_nothing_and_has_names_of_its_own(catalog):
    catalog.add(ADA, FILE)
    known = catalog.show(ADA, "shop-api")["id"]
    for name in ("shop-api", known):
        with pytest.raises(NotFound):
            catalog.show(ELSEWHERE, name)
        with pytest.raises(NotFound):
            catalog.remove(ELSEWHERE, name)
        assert catalog.team_of(ELSEWHERE, name) is None
    assert catalog.page(ELSEWHERE, after=None, limit=10)["services"] == []
    catalog.add(ELSEWHERE, FILE)
    assert catalog.show(ELSEWHERE, "shop-api")["id"] != known


@pytest.mark.parametrize("told", [Told(), Told(text=SERVICE_FILE, named=Named(name="pay"))])
def test_a_file_or_a_name_is_needed_and_not_both(catalog, told):
    with pytest.raises(UsageError):
        catalog.names(told)


def test_a_file_that_is_wrong_changes_nothing(catalog):
    with pytest.raises(FormatError, match=r"^deploy/fops\.yaml:8: services\[0\]\.prt is unknown"):
        catalog.add(
            ADA,
            replace(edited("port: 8000\n    processes", "prt: 8000\n    processes"), file="deploy/fops.yaml"),
        )
    assert catalog.page(ADA, after=None, limit=10)["services"] == []


def test_why_walks_to_the_line_of_each_fact(tmp_path):
    catalog, database = a_catalog(tmp_path)
    catalog.add(ADA, replace(FILE, team="night"))
    known = catalog.show(ADA, "shop-api")["id"]
    explained = Explainer((Services(database, lambda _ctx, _name, _team: True),)).explain(ADA, known)
    told = {one.node.says: str(one.node.location) for one in explained.rests_on if one.node.location}
    assert "team = night, as local:ada said" in {one.node.says for one in explained.rests_on}
    assert told["port = 8000"] == "fops.yaml:8"
    assert told["processes = web"] == "fops.yaml:10"
    assert told["secrets = DATABASE_URL"] == "fops.yaml:15"
    assert told["environment prod: k8s, protection approval"] == "fops.yaml:24"
    with pytest.raises(NotFound):
        Explainer((Services(database, lambda _ctx, _name, _team: True),)).explain(ELSEWHERE, known)
    database.close()


def test_what_a_person_said_is_told_as_such(tmp_path):
    catalog, database = a_catalog(tmp_path)
    catalog.add(ADA, Told(named=Named(name="pay"), team="core"))
    explained = Explainer((Services(database, lambda _ctx, _name, _team: True),)).explain(
        ADA, catalog.show(ADA, "pay")["id"]
    )
    assert "team = core, as local:ada said" in {one.node.says for one in explained.rests_on}
    database.close()


def test_eight_who_add_the_same_at_once_add_it_once(catalog):
    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(lambda _: catalog.add(ADA, FILE), range(8)))
    assert sorted(one["services"][0]["status"] for one in done) == ["added", *["unchanged"] * 7]
