"""Rules of detect/settle.py: one fact per name, and what is shown as a conflict."""

from fops.onboarding.detect.settle import settle, shared_ports
from fops.onboarding.model import CERTAIN, LIKELY, STRONG, WEAK, App, Fact


def fact(name, value, confidence=STRONG, file="a", rule="r"):
    return Fact(name=name, value=value, rule=rule, confidence=confidence, file=file, line=1)


def test_the_most_confident_wins_and_the_first_of_equals():
    facts, _ = settle(
        ".", [fact("framework", "a"), fact("framework", "b", CERTAIN), fact("framework", "c", CERTAIN)]
    )
    assert facts["framework"].value == "b"


def test_two_version_files_that_disagree_are_a_conflict():
    _, conflicts = settle(
        "web", [fact("runtime_version", "20", CERTAIN), fact("runtime_version", "18.2", STRONG)]
    )
    assert [(one.app, one.fact, one.taken.value, one.other.value) for one in conflicts] == [
        ("web", "runtime_version", "20", "18.2")
    ]


def test_versions_of_different_precision_agree():
    assert settle(".", [fact("runtime_version", "20.11.1"), fact("runtime_version", "20")])[1] == ()


def test_a_port_likely_in_code_disagrees_with_the_dockerfile_but_a_default_does_not():
    _, conflicts = settle(
        ".", [fact("port", 8080, CERTAIN), fact("port", 3000, LIKELY), fact("port", 5000, WEAK)]
    )
    assert [one.other.value for one in conflicts] == [3000]


def test_start_commands_of_different_sources_are_no_conflict():
    assert settle(".", [fact("start_command", "a", CERTAIN), fact("start_command", "b", CERTAIN)])[1] == ()


def test_names_from_several_sources_add_up():
    facts, conflicts = settle(
        ".", [fact("services", ["redis"]), fact("services", ["postgres", "redis"], LIKELY)]
    )
    assert (facts["services"].value, conflicts) == (["postgres", "redis"], ())


def test_a_variable_keeps_the_default_any_source_knows_but_no_secret_has_one():
    code = fact("env", [{"name": "LEVEL", "default": None}, {"name": "API_KEY", "default": "x"}])
    example = fact("env", [{"name": "LEVEL", "default": "info"}], LIKELY)
    facts, _ = settle(".", [code, example])
    assert facts["env"].value == [{"name": "API_KEY", "default": None}, {"name": "LEVEL", "default": "info"}]
    assert facts["secrets"].value == ["API_KEY"]


def test_the_processes_of_a_procfile_stand_alone():
    complete = fact("processes", [{"name": "web", "command": "a"}], CERTAIN)
    guessed = fact("processes", [{"name": "worker", "command": "b"}], LIKELY)
    assert settle(".", [guessed, complete])[0]["processes"].value == [{"name": "web", "command": "a"}]


def test_two_applications_on_one_port_are_a_conflict_named_from_the_second():
    apps = [App(path=path, facts={"port": fact("port", 8080, file="Dockerfile")}) for path in ("api", "web")]
    (conflict,) = shared_ports(apps)
    assert (conflict.app, conflict.taken.file, conflict.other.file) == (
        "web",
        "../api/Dockerfile",
        "Dockerfile",
    )


def test_framework_defaults_on_one_port_are_no_conflict():
    assert (
        shared_ports([App(path=path, facts={"port": fact("port", 3000, WEAK)}) for path in ("a", "b")]) == ()
    )
