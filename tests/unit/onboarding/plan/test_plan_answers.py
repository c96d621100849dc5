from __future__ import annotations

import pytest

from fops.kernel.errors import UsageError
from fops.onboarding.model import CERTAIN


def test_an_answer_beats_the_repository_and_is_its_own_evidence(planned, fastapi):
    service = planned(fastapi, sets={"port": "9000"}).plan.services[0]
    fact = service.evidence["port"]
    assert (service.port, fact.rule, fact.confidence, fact.file) == (9000, "set", CERTAIN, None)


def test_a_start_command_given_takes_the_place_of_the_listening_process_only(planned, fastapi):
    fastapi["Procfile"] += "worker: celery -A app worker\n"
    service = planned(fastapi, sets={"start_command": "python serve.py"}).plan.services[0]
    commands = {one.name: one.command for one in service.processes}
    assert commands == {"web": "python serve.py", "worker": "celery -A app worker"}
    assert service.start_command == "python serve.py"


@pytest.mark.parametrize(
    ("key", "value", "hint"),
    [
        ("prot", "80", "did you mean port?"),
        ("start_comand", "x", "did you mean start_command?"),
        ("zzzz", "x", "known: name, language"),
        ("port", "0", "1 to 65535"),
        ("port", "65536", "1 to 65535"),
        ("port", "٣٠٠٠", "1 to 65535"),
        ("port", "9" * 5000, "1 to 65535"),
        ("static", "maybe", "true or false"),
        ("health_path", "healthz", "starts with /"),
        ("language", "ruby", "python, node, go, java, static"),
        ("package_manager", "cargo", "known are"),
        ("runtime_version", "3.13; rm -rf /", "such as 3.13"),
        ("output_folder", "../elsewhere", "from the application's own"),
        ("output_folder", "/srv/www", "from the application's own"),
        ("start_command", "node server.js\nrm -rf /", "control characters"),
        ("name", "a\u202eb", "control characters"),
    ],
)
def test_an_answer_that_cannot_be_is_refused_with_what_could(planned, fastapi, key, value, hint):
    with pytest.raises(UsageError) as refused:
        planned(fastapi, sets={key: value})
    assert hint in refused.value.hint
    assert key in refused.value.message


def test_an_empty_answer_takes_a_command_away(planned, fastapi):
    assert planned(fastapi, sets={"test_command": ""}).plan.services[0].test_command == ""


def test_a_program_that_does_not_listen_has_neither_port_nor_probe(planned, fastapi):
    service = planned(fastapi, sets={"port": "none"}).plan.services[0]
    assert (service.port, service.health_path, service.processes[0].port) == (None, None, None)


def test_an_answer_can_be_for_one_of_several_services(planned, monorepo):
    services = planned(monorepo, sets={"api.port": "4000", "runtime_version": "22"}).plan.services
    assert {one.name: (one.port, one.runtime_version) for one in services} == {
        "api": (4000, "22"),
        "web": (3000, "22"),
    }


def test_an_answer_for_a_service_that_is_not_there_is_refused(planned, monorepo):
    with pytest.raises(UsageError) as refused:
        planned(monorepo, sets={"ap.port": "4000"})
    assert refused.value.hint == "did you mean api?"


@pytest.mark.parametrize("fact", ["name", "start_command"])
def test_what_services_cannot_share_asks_for_one_of_them(planned, monorepo, fact):
    with pytest.raises(UsageError) as refused:
        planned(monorepo, sets={fact: "x"})
    assert refused.value.hint == f"such as --set api.{fact}=…"


def test_another_language_drops_what_the_first_one_told(planned, fastapi):
    service = planned(fastapi, sets={"language": "go", "start_command": "./bin/shop"}).plan.services[0]
    assert (service.package_manager, service.framework, service.install_command) == ("go", None, "")
    assert service.runtime_version.startswith("1.")


def test_a_package_manager_of_another_language_gives_way(planned, fastapi):
    assert planned(fastapi, sets={"package_manager": "yarn"}).plan.services[0].package_manager == "pip"


def test_without_detection_the_answers_say_it_all(planned, site):
    answers = {"language": "node", "start_command": "node server.js", "port": "3000"}
    service = planned(site, auto_detect=False, sets=answers).plan.services[0]
    assert (service.language, service.start_command, service.port, service.static) == (
        "node",
        "node server.js",
        3000,
        False,
    )


def test_without_detection_what_is_missing_is_named(planned, fastapi):
    with pytest.raises(UsageError) as refused:
        planned(fastapi, auto_detect=False, sets={"language": "python"})
    assert refused.value.message == "--no-auto-detect needs start_command, port"
    assert refused.value.hint == "--set start_command=… --set port=…"


def test_without_detection_files_need_only_their_folder(planned, site):
    made = planned(site, auto_detect=False, sets={"static": "true", "output_folder": "."}).plan
    assert (made.target.value, made.services[0].language) == ("static", "static")


def test_a_misspelt_answer_is_named_before_a_missing_one(planned, site):
    with pytest.raises(UsageError, match="no fact 'langage'"):
        planned(site, auto_detect=False, sets={"langage": "node"})
