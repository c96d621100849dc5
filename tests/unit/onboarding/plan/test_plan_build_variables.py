"""Variables that the build writes into pages: passed to the build, never set at run time, never secret."""

from __future__ import annotations

import pytest

from fops.onboarding.model import Target

MANIFEST = '{"name": "shop", "scripts": {"build": "next build", "start": "next start"}, "dependencies": {"next": "16"}, "engines": {"node": "24"}}'
SITE = '{"name": "shop", "scripts": {"build": "vite build"}, "devDependencies": {"vite": "7"}, "engines": {"node": "24"}}'


def a_next(code, **files):
    return {"package.json": MANIFEST, "package-lock.json": "{}", "app/page.tsx": code, **files}


def read(made):
    service = made.plan.services[0]
    told = {one.value: one.why for one in made.plan.assumptions if one.fact == "build_env"}
    return {one.name: one.default for one in service.build_variables}, service, told


def test_the_build_s_variables_are_none_of_the_configuration(planned):
    code = "process.env.NEXT_PUBLIC_API || 'https://api.acme.dev'; process.env.LOG_LEVEL || 'info'"
    built, service, told = read(planned(a_next(code)))
    assert built == {"NEXT_PUBLIC_API": "https://api.acme.dev"}
    assert [one.name for one in service.configuration] == ["LOG_LEVEL"]
    assert told == {}


def test_an_example_file_tells_the_build_s_variables_too(planned):
    files = {"package.json": SITE, "index.html": "", ".env.example": "VITE_TITLE=shop\nLOG_LEVEL=info\n"}
    built, _, _ = read(planned(files, target=Target.STATIC))
    assert built == {"VITE_TITLE": "shop"}


def test_what_must_never_be_read_by_visitors_is_kept_from_the_build(planned):
    built, service, told = read(planned(a_next("process.env.NEXT_PUBLIC_CLIENT_SECRET")))
    assert built == {}
    assert service.env == ()
    assert "every visitor can read" in told["NEXT_PUBLIC_CLIENT_SECRET"]


def test_a_key_made_for_browsers_is_passed_and_named(planned):
    built, _, told = read(planned(a_next("process.env.NEXT_PUBLIC_MAPS_KEY")))
    assert built == {"NEXT_PUBLIC_MAPS_KEY": None}
    assert "a key made for that" in told["NEXT_PUBLIC_MAPS_KEY"]


@pytest.mark.parametrize("default", ["two words", "it's", "${{ secrets.X }}", "a\\b", "$HOME", "`id`"])
def test_a_default_that_some_format_would_read_otherwise_is_left_to_the_code(planned, default):
    built, _, _ = read(planned(a_next(f'process.env.NEXT_PUBLIC_A || "{default}"')))
    assert built == {"NEXT_PUBLIC_A": None}


def test_a_person_s_own_image_has_to_take_the_argument(planned):
    own = "FROM node:24\nARG NEXT_PUBLIC_A\nEXPOSE 3000\nUSER 1000\n"
    code = "process.env.NEXT_PUBLIC_A + process.env.NEXT_PUBLIC_B"
    _, service, told = read(planned(a_next(code, Dockerfile=own)))
    assert service.dockerfile.arguments == {"NEXT_PUBLIC_A"}
    assert set(told) == {"NEXT_PUBLIC_B"}
    assert "no `ARG NEXT_PUBLIC_B`" in told["NEXT_PUBLIC_B"]


def test_pages_made_again_on_a_read_only_file_system_are_told_about(planned):
    made = planned(a_next("export const revalidate = 60"))
    told = next(one for one in made.plan.assumptions if one.fact == "revalidates")
    assert "isrFlushToDisk" in told.why
