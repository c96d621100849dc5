import pytest

from fops.onboarding.detect.languages.java import LANGUAGE
from fops.onboarding.detect.settle import settle
from fops.onboarding.fetch.tree import MemoryTree


def pom(inner="", *, parent=""):
    return f"<project>\n{parent}\n<artifactId>a</artifactId>\n<version>1</version>\n{inner}\n</project>\n"


def properties(**values):
    return (
        "<properties>\n"
        + "\n".join(
            f"<{key.replace('_', '.')}>{value}</{key.replace('_', '.')}>" for key, value in values.items()
        )
        + "\n</properties>"
    )


def found(files):
    return settle(".", LANGUAGE.facts(MemoryTree(files)))


def version(files):
    fact = found(files)[0].get("runtime_version")
    return fact and (fact.value, fact.file, fact.line)


COMPILER = (
    "<build><plugins><plugin>\n<artifactId>maven-compiler-plugin</artifactId>\n<configuration>\n<release>{}</release>\n"
    "</configuration></plugin></plugins></build>"
)


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"pom.xml": pom(properties(java_version="17"))}, ("17", "pom.xml", 6)),
        (
            {"pom.xml": pom(properties(maven_compiler_source="1.8", maven_compiler_target="1.8"))},
            ("8", "pom.xml", 7),
        ),
        (
            {"pom.xml": pom(properties(maven_compiler_source="11", maven_compiler_release="17"))},
            ("17", "pom.xml", 7),
        ),
        ({"pom.xml": pom(properties(jdk="21", maven_compiler_release="${jdk}"))}, ("21", "pom.xml", 7)),
        ({"pom.xml": pom(COMPILER.format("11"))}, ("11", "pom.xml", 8)),
        ({"pom.xml": pom(COMPILER.format("${level}") + properties(level="21"))}, ("21", "pom.xml", 8)),
        (
            {"pom.xml": pom(), "system.properties": "x=1\njava.runtime.version=17\n"},
            ("17", "system.properties", 2),
        ),
        ({"pom.xml": pom(), "system.properties": "java.runtime.version=1.8"}, ("8", "system.properties", 1)),
        ({"pom.xml": pom(), ".java-version": "openjdk64-11.0.2\n"}, ("11.0.2", ".java-version", 1)),
        ({"pom.xml": pom(), ".sdkmanrc": "# enable\njava=17.0.9-tem\n"}, ("17.0.9", ".sdkmanrc", 2)),
        (
            {"pom.xml": pom(), ".tool-versions": "java temurin-21.0.2+13.0.LTS"},
            ("21.0.2", ".tool-versions", 1),
        ),
        ({"pom.xml": pom(), "mise.toml": '[tools]\njava = "zulu-21.30"\n'}, ("21", "mise.toml", 2)),
        ({"pom.yml": "properties:\n  maven.compiler.source: 11\n"}, ("11", "pom.yml", 2)),
        ({"pom.groovy": "properties {\n  'maven.compiler.target' '1.8'\n}"}, ("8", "pom.groovy", 2)),
    ],
)
def test_maven_projects_pin_java_by_the_most_binding_source(files, expected):
    assert version(files) == expected


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("sourceCompatibility = 1.8", "8"),
        ("sourceCompatibility = '11'", "11"),
        ("sourceCompatibility = JavaVersion.VERSION_17", "17"),
        ("java {\n  sourceCompatibility JavaVersion.VERSION_1_8\n}", "8"),
        ("java {\n toolchain {\n  languageVersion = JavaLanguageVersion.of(21)\n }\n}", "21"),
        ("java { toolchain { languageVersion.set(JavaLanguageVersion.of(21)) } }", "21"),
        ('java { toolchain { languageVersion = JavaLanguageVersion.of("21") } }', "21"),
        ("kotlin {\n  jvmToolchain(17)\n}", "17"),
        ("tasks.withType(JavaCompile) { options.release = 11 }", "11"),
        ("tasks.withType<JavaCompile> { options.release.set(11) }", "11"),
        (
            "def javaVersion = 17\njava { toolchain { languageVersion = JavaLanguageVersion.of(javaVersion) } }",
            "17",
        ),
        (
            "java { toolchain { languageVersion = JavaLanguageVersion.of(libs.versions.java.get().toInt()) } }",
            "19",
        ),
        (
            "sourceCompatibility = 11\njava { toolchain { languageVersion = JavaLanguageVersion.of(17) } }",
            "17",
        ),
    ],
)
def test_gradle_scripts_state_the_java_level(script, expected):
    catalog = '[versions]\njava = "19"\n'
    assert version({"build.gradle": script, "gradle/libs.versions.toml": catalog})[0] == expected


def test_a_commented_level_is_none():
    assert version({"build.gradle": "// sourceCompatibility = 1.8\n/* sourceCompatibility = 11 */"}) is None


def test_a_level_is_inherited_from_a_parent_in_the_repository():
    parent = "<parent><artifactId>a</artifactId></parent>"
    files = {
        "pom.xml": pom(
            "<packaging>pom</packaging><modules><module>app</module></modules>"
            + properties(java_version="21")
        ),
        "app/pom.xml": pom(parent=parent).replace(
            "<artifactId>a</artifactId>\n<version>", "<artifactId>app</artifactId>\n<version>"
        ),
        "app/src/main/java/App.java": "class App { public static void main(String[] a) {} }",
    }
    assert version(files)[:2] == ("21", "pom.xml")


def test_a_level_of_the_root_script_reaches_its_modules():
    files = {
        "settings.gradle": "include 'app'",
        "build.gradle": "subprojects {\n  apply plugin: 'java'\n  sourceCompatibility = 17\n}\n",
        "app/build.gradle": "plugins { id 'application' }\napplication { mainClass = 'a.B' }",
    }
    assert version(files) == ("17", "build.gradle", 3)


def test_a_level_above_the_pinned_version_is_shown_as_a_conflict():
    facts, conflicts = found({"pom.xml": pom(properties(java_version="21")), ".java-version": "17"})
    assert facts["runtime_version"].value == "17"
    assert [conflict.other.value for conflict in conflicts] == ["21"]


def test_a_level_below_the_pinned_version_is_no_conflict():
    assert found({"pom.xml": pom(properties(java_version="11")), ".java-version": "17"})[1] == ()
