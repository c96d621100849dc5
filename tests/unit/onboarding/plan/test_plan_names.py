from __future__ import annotations

import re

import pytest

from factories.plans import a_source
from fops.kernel.errors import UsageError
from fops.onboarding.plan.names import environments, label

LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@acme/Web", "web"), ("My Shop_API", "my-shop-api"), ('a"; rm -rf', "a-rm-rf"), ("$(reboot)", "reboot"), ("../..", "app"),
        ("", "app"), ("日本", "app"), ("x" * 80, "x" * 50), ("2048", "2048"), ("shop/", "shop"),
    ],
)  # fmt: skip
def test_whatever_a_repository_is_called_its_label_is_harmless(text, expected):
    assert label(text) == expected
    assert LABEL.fullmatch(label(text))


@pytest.mark.parametrize("name", ["prod", "eu-west-1", "1", "a" * 63])
def test_any_label_is_an_environment(name):
    assert environments([name]) == (name,)


@pytest.mark.parametrize("name", ["Prod", "a_b", "-a", "a-", "", "a" * 64, "a b", "prod\n", "a.b"])
def test_what_is_no_label_is_no_environment(name):
    with pytest.raises(UsageError, match="no environment name") as refused:
        environments([name])
    assert "RFC 1123" in refused.value.hint


@pytest.mark.parametrize("names", [(), ("prod", "prod")])
def test_environments_are_at_least_one_and_each_is_named_once(names):
    with pytest.raises(UsageError):
        environments(names)


def test_a_service_is_called_what_its_manifest_says_else_like_the_repository(planned, fastapi, site):
    named = {
        **fastapi,
        "pyproject.toml": '[project]\nname = "Checkout"\nversion = "1"\ndependencies = ["fastapi"]\n',
    }
    assert planned(named).plan.name == "checkout"
    assert planned(site).plan.name == "shop"
    assert planned(named, sets={"name": "Till"}).plan.name == "till"


def test_two_services_of_one_name_are_told_apart_by_their_folders(planned, monorepo):
    same = {path: text.replace("@acme/api", "@acme/web") for path, text in monorepo.items()}
    assert [one.name for one in planned(same).plan.services] == ["web", "apps-web"]


@pytest.mark.parametrize(
    ("api", "web", "expected"),
    [
        ("app-2048", "2048", ["app-2048", "apps-web"]),
        ("2048", "app-2048", ["2048", "apps-web"]),
        ("a", "app-a", ["app-a", "apps-web"]),
    ],
)
def test_two_services_are_told_apart_that_would_share_a_name_in_the_cluster(
    planned, monorepo, api, web, expected
):
    named = {
        path: text.replace("@acme/api", api).replace("@acme/web", web) for path, text in monorepo.items()
    }
    assert [one.name for one in planned(named).plan.services] == expected


@pytest.mark.parametrize("sets", [{"api.name": "web"}, {"api.name": "2048", "web.name": "app-2048"}])
def test_services_that_would_share_a_name_are_refused(planned, monorepo, sets):
    with pytest.raises(UsageError, match=r"two services would be called (web|app-2048)"):
        planned(monorepo, sets=sets)


def test_a_name_of_one_letter_is_made_long_enough_for_any_registry(planned, fastapi):
    made = planned(fastapi, a_source(name="x")).plan
    assert made.name == "app-x"
    assert made.services[0].image == "ghcr.io/acme/app-x"
    assert planned(fastapi, sets={"name": "y"}).plan.name == "app-y"


def test_an_image_lies_at_its_owner_s_registry(planned, fastapi):
    assert planned(fastapi, a_source(owner="Acme")).plan.services[0].image == "ghcr.io/acme/shop"
    assert planned(fastapi, sets={"owner": "else"}).plan.services[0].image == "ghcr.io/else/shop"


@pytest.mark.parametrize("changes", [{"owner": None, "url": "shop"}, {"url": "https://gitlab.com/acme/shop"}])
def test_without_a_github_owner_the_registry_is_one_to_confirm(planned, fastapi, changes):
    made = planned(fastapi, a_source(**changes))
    question = next(one for one in made.questions if one.fact == "image")
    assert made.plan.services[0].image == question.value == "registry.invalid/shop"
    assert question.answer_with == "--set image=…"


def test_an_image_given_is_taken_and_is_a_prefix_for_several(planned, fastapi, monorepo):
    assert planned(fastapi, sets={"image": "quay.io/acme/till"}).plan.services[0].image == "quay.io/acme/till"
    images = [one.image for one in planned(monorepo, sets={"image": "localhost:5000/acme"}).plan.services]
    assert images == ["localhost:5000/acme/api", "localhost:5000/acme/web"]


@pytest.mark.parametrize(
    "image", ["Acme/Shop", "acme/shop:latest", "https://ghcr.io/acme/shop", "a b", "acme/$(id)", "acme/"]
)
def test_what_is_no_image_repository_is_refused(planned, fastapi, image):
    with pytest.raises(UsageError, match="no image repository"):
        planned(fastapi, sets={"image": image})
