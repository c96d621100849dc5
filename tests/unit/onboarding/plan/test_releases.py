from __future__ import annotations

import re

import pytest

from fops.onboarding.plan.releases import IMAGES, go_tag, image_tag, java_release, temurin_tag


@pytest.mark.parametrize(
    ("product", "version", "expected"),
    [
        ("python", "3.13", "3.13.15"), ("python", "3", "3.14.7"), ("nodejs", "20.x", "20.20.2"), ("nodejs", "v22", "22.23.2"),
        ("postgresql", "17", "17.11"), ("python", "", "3.14.7"), ("nodejs", "", "24.19.0"), ("nodejs", "lts/*", "24.19.0"),
    ],
)  # fmt: skip
def test_a_version_becomes_the_newest_release_of_its_line(product, version, expected):
    assert image_tag(product, version) == expected


@pytest.mark.parametrize(
    ("product", "version"), [("python", "3.13.2"), ("nodejs", "22.12.0"), ("nodejs", "22.12")]
)
def test_a_version_more_precise_than_a_line_is_a_pin(product, version):
    assert image_tag(product, version) == version


@pytest.mark.parametrize(("product", "version"), [("python", "3.99"), ("nodejs", "40")])
def test_a_line_newer_than_the_table_is_unknown_and_not_wrong(product, version):
    assert image_tag(product, version) == version


def test_a_patch_in_go_mod_is_a_minimum():
    assert go_tag("1.25.0") == go_tag("1.25") == "1.25.14"
    assert go_tag("1.99.1") == "1.99"


@pytest.mark.parametrize(
    ("version", "expected"),
    [("1.8", 8), ("8", 8), ("9", 11), ("17.0.2", 17), ("22", 25), ("26", 26), ("", 21), ("1.7", 8)],
)
def test_a_java_version_is_raised_to_one_that_images_exist_for(version, expected):
    assert java_release(version) == expected


@pytest.mark.parametrize("version", ["8", "11", "17", "21", "25", "26"])
def test_temurin_tags_hold_no_plus_sign(version):
    assert re.fullmatch(r"[\w.-]+", temurin_tag(version))


def test_every_other_image_has_an_exact_version():
    assert all(re.search(r":[\w.-]*\d", image) and "latest" not in image for image in IMAGES.values())
