"""Secrets go by key and by value; what is none stays readable."""

from __future__ import annotations

import pytest

from fops.kernel.redaction import holds_credential, redact, redact_text


@pytest.mark.parametrize(
    "address",
    [
        "https://ada:s3cret@example.org/shop.git",
        "https://s3cret@example.org/shop.git",
        "https://ada:p@s3cret@example.org/shop.git",
        "postgresql+psycopg://app:s3cret@db:5432/shop",
        "cloning https://:s3cret@example.org failed",
    ],
)
def test_credentials_in_an_address_are_hidden_and_the_host_is_not(address: str) -> None:
    shown = redact_text(address)
    assert "s3cret" not in shown
    assert "****@" in shown
    assert ("example.org" in shown) or ("db:5432" in shown)


@pytest.mark.parametrize("text", [
    "https://example.org/shop.git", "https://example.org/?mail=ada@example.org", "git@example.org:acme/shop.git",
    "write to ada@example.org", "the token endpoint", "password",
])  # fmt: skip
def test_text_without_a_secret_stays_as_it_is(text: str) -> None:
    assert redact_text(text) == text


@pytest.mark.parametrize("secret", [
    "ghp_" + "a1B2" * 9, "github_pat_" + "a1B2" * 6, "glpat-" + "x" * 20, "AKIA" + "A1B2" * 4, "xoxb-" + "1a" * 8,
    "sk-" + "a1" * 10, "AIza" + "x1" * 18, "eyJhbGciOiJI.eyJzdWIiOiIx.c2lnbmF0dXJl",
])  # fmt: skip
def test_a_token_of_a_known_shape_is_hidden_wherever_it_stands(secret: str) -> None:
    assert redact_text(f"before {secret} after") == "before **** after"


def test_a_private_key_is_hidden_whole_even_when_it_is_cut_off() -> None:
    key = "-----BEGIN RSA PRIVATE " + "KEY-----\nMIIE\nabc"
    assert redact_text(f"x {key}") == "x ****"


@pytest.mark.parametrize(
    "text", ["password=hunter2", "DB_PASSWORD: 'hunter2 and more'", 'api_key = "hunter2"']
)
def test_an_assignment_keeps_its_name_and_loses_its_value(text: str) -> None:
    shown = redact_text(text)
    assert "hunter2" not in shown
    assert shown.endswith("****")


@pytest.mark.parametrize(
    "key", ["password", "DB_PASSWORD", "apiKey", "api-key", "clientSecret", "tokens", "Cookie"]
)
def test_a_value_under_a_secret_key_is_hidden(key: str) -> None:
    assert redact({key: "hunter2", "name": "shop"}) == {key: "****", "name": "shop"}


def test_everything_below_a_secret_key_is_hidden_and_its_shape_stays() -> None:
    value = {"tokens": ["one", 2, {"name": "three", "used": True}], "secret": {"deep": ["four", None, ""]}}
    assert redact(value) == {
        "tokens": ["****", "****", {"name": "****", "used": True}],
        "secret": {"deep": ["****", None, ""]},
    }


def test_lists_are_searched_and_the_original_is_untouched() -> None:
    value = {"log": ["ok", "password=hunter2"], "count": 3}
    assert redact(value) == {"log": ["ok", "password=****"], "count": 3}
    assert value["log"] == ["ok", "password=hunter2"]


@pytest.mark.parametrize(
    "held",
    [
        "https://ada:s3cret@example.org/shop.git",
        "https://s3cret@example.org/shop.git",
        "ssh://git:s3cret@example.org/shop.git",
        {"answers": {"shop.port": "see https://ada:p@s3cret@example.org"}},
        ["main", "ghp_" + "a" * 36],
    ],
)
def test_a_credential_is_seen_wherever_it_is_held(held: object) -> None:
    assert holds_credential(held)


@pytest.mark.parametrize(
    "plain",
    ["ssh://git@example.org/shop.git", "git@example.org:shop.git", "https://example.org:8443/a@b", "secret", 7, None,
     {"secrets": "DATABASE_URL, API_TOKEN"}],
)  # fmt: skip
def test_names_of_secrets_and_users_are_no_credentials(plain: object) -> None:
    assert not holds_credential(plain)


def test_looking_before_masking_overlooks_nothing():
    """The short cuts of `redact_text` let nothing pass that the patterns alone would mask."""
    from itertools import product

    from fops.kernel import redaction

    def thorough(text: str) -> str:
        text = redaction._USERINFO.sub(rf"\1{redaction.MASK}@", text)
        for pattern in (*redaction.TOKENS, redaction._SCHEME):
            text = pattern.sub(redaction.MASK, text)
        return redaction._ASSIGNED.sub(rf"\1\2{redaction.MASK}", text)

    shortest = ["ghp_" + "x" * 20, "github_pat_" + "x" * 20, "glpat-" + "x" * 16, "AKIA" + "X" * 16, "xoxb-" + "x" * 10,
                "sk-" + "x" * 16, "rk_live_" + "x" * 10, "AIza" + "x" * 30, "eyJ" + "x" * 8 + "." + "x" * 8 + "." + "x" * 4,
                "-----BEGIN PRIVATE KEY-----x", "Basic\tabcdefgh", "BEARER  abcdefgh", "ba\u017fic abcdefgh", "x://a:b@c",
                "PASSWD=x", "my_secret:x", "To\u212aen=x", "api_key = x", "accesskey='x y'", "key=x", "nothing at all"]  # fmt: skip
    for before, text, after in product(("", "a", " ", '"', "\n"), shortest, ("", " ", "\n", '"', "/")):
        assert redact_text(before + text + after) == thorough(before + text + after)
