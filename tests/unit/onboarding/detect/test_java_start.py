import pytest

from fops.onboarding.detect.languages.java import LANGUAGE
from fops.onboarding.detect.settle import settle
from fops.onboarding.fetch.tree import MemoryTree

MAIN = {
    "src/main/java/com/acme/App.java": "package com.acme;\n\npublic class App {\n  public static void main(String[] args) {}\n}\n"
}
BOOT = "<plugin><groupId>org.springframework.boot</groupId><artifactId>spring-boot-maven-plugin</artifactId></plugin>"


def pom(plugins="", *, packaging="jar", extra="", name="shop"):
    return (
        f"<project xmlns='http://maven.apache.org/POM/4.0.0'><artifactId>{name}</artifactId><version>1.2</version>"
        f"<packaging>{packaging}</packaging><build><plugins>{plugins}</plugins></build>{extra}</project>"
    )


def plugin(artifact, inner=""):
    return f"<plugin><artifactId>{artifact}</artifactId><configuration>{inner}</configuration></plugin>"


def found(files):
    return settle(".", LANGUAGE.facts(MemoryTree(files)))[0]


def commands(files):
    facts = found(files)
    return facts["build_command"].value, facts["start_command"].value


def test_spring_boots_plugin_makes_one_archive_that_runs():
    assert commands({"pom.xml": pom(BOOT), **MAIN}) == (
        "mvn -B -DskipTests package",
        "java -jar target/shop-1.2.jar",
    )


def test_a_war_of_spring_boot_runs_too():
    assert commands({"pom.xml": pom(BOOT, packaging="war"), **MAIN})[1] == "java -jar target/shop-1.2.war"


def test_the_wrapper_is_used_where_there_is_one():
    assert commands({"pom.xml": pom(BOOT), "mvnw": "", **MAIN})[0] == "./mvnw -B -DskipTests package"
    assert (
        commands(
            {"build.gradle": "plugins { id 'org.springframework.boot' version '3' }", "gradlew": "", **MAIN}
        )[0]
        == "./gradlew --no-daemon bootJar"
    )


def test_a_final_name_is_the_archives_name():
    files = {
        "pom.xml": pom()
        .replace("<build>", "<build><finalName>app</finalName>")
        .replace("<plugins>", f"<plugins>{BOOT}"),
        **MAIN,
    }
    assert commands(files)[1] == "java -jar target/app.jar"


def test_a_version_from_a_property_is_resolved_and_an_unknown_one_is_left_open():
    extra = "<properties><revision>2.0</revision></properties>"
    known = pom(BOOT, extra=extra).replace("<version>1.2<", "<version>${revision}<")
    unknown = pom(BOOT).replace("<version>1.2<", "<version>${revision}<")
    assert commands({"pom.xml": known, **MAIN})[1] == "java -jar target/shop-2.0.jar"
    assert commands({"pom.xml": unknown, **MAIN})[1] == "java -jar target/*.jar"


@pytest.mark.parametrize(
    ("plugins", "archive"),
    [
        (plugin("maven-shade-plugin", "<mainClass>com.acme.App</mainClass>"), "target/shop-1.2.jar"),
        (
            plugin(
                "maven-jar-plugin",
                "<archive><manifest><mainClass>com.acme.App</mainClass></manifest></archive>",
            ),
            "target/shop-1.2.jar",
        ),
        (
            plugin(
                "maven-assembly-plugin",
                "<descriptorRefs><descriptorRef>jar-with-dependencies</descriptorRef></descriptorRefs><mainClass>a.B</mainClass>",
            ),
            "target/shop-1.2-jar-with-dependencies.jar",
        ),
    ],
)
def test_a_plugin_that_writes_the_manifest_makes_the_archive_run(plugins, archive):
    assert commands({"pom.xml": pom(plugins), **MAIN})[1] == f"java -jar {archive}"


def test_an_archive_that_looks_for_its_dependencies_beside_it_runs_from_its_classes():
    manifest = "<archive><manifest><addClasspath>true</addClasspath><mainClass>com.acme.App</mainClass></manifest></archive>"
    needs = (
        "<dependencies><dependency><groupId>g</groupId><artifactId>a</artifactId></dependency></dependencies>"
    )
    files = {"pom.xml": pom(plugin("maven-jar-plugin", manifest), extra=needs), **MAIN}
    build, start = commands(files)
    assert start == 'java -cp "target/classes:target/dependency/*" com.acme.App'
    assert build.endswith("package dependency:copy-dependencies -DincludeScope=runtime")
    alone = {**files, "pom.xml": pom(plugin("maven-jar-plugin", manifest))}
    assert commands(alone)[1] == "java -jar target/shop-1.2.jar"


def test_without_a_manifest_the_classes_and_their_dependencies_run():
    build, start = commands({"pom.xml": pom(), **MAIN})
    assert build == "mvn -B -DskipTests package dependency:copy-dependencies -DincludeScope=runtime"
    assert start == 'java -cp "target/classes:target/dependency/*" com.acme.App'


@pytest.mark.parametrize(
    ("version", "path"),
    [("3.8.1", "target/quarkus-app/quarkus-run.jar"), ("1.6.1.Final", "target/shop-1.2-runner.jar")],
)
def test_quarkus_layout_depends_on_its_version(version, path):
    quarkus = f"<plugin><groupId>io.quarkus</groupId><artifactId>quarkus-maven-plugin</artifactId><version>{version}</version></plugin>"
    assert commands({"pom.xml": pom(quarkus), **MAIN})[1] == f"java -jar {path}"


def test_of_several_maven_modules_the_program_is_built_with_what_it_needs():
    parent = "<parent><artifactId>all</artifactId><version>3</version></parent>"
    files = {
        "pom.xml": pom(
            packaging="pom", name="all", extra="<modules><module>core</module><module>web</module></modules>"
        ),
        "core/pom.xml": pom(name="core", extra=parent),
        "core/src/main/java/a/Core.java": "package a; class Core {}",
        "web/pom.xml": pom(BOOT, name="web", extra=parent),
        "web/src/main/java/a/Web.java": "package a;\n@SpringBootApplication\nclass Web { public static void main(String[] x) {} }",
    }
    assert commands(files) == ("mvn -B -DskipTests -pl web -am package", "java -jar web/target/web-1.2.jar")


def test_of_several_programs_all_are_built_from_the_top_and_each_is_a_process():
    main = "package a;\nclass Web { public static void main(String[] x) {} }"
    files = {
        "pom.xml": pom(
            packaging="pom", name="all", extra="<modules><module>web</module><module>jobs</module></modules>"
        ),
        "web/pom.xml": pom(BOOT, name="web"),
        "web/src/main/java/a/Web.java": main,
        "jobs/pom.xml": pom(BOOT, name="jobs"),
        "jobs/src/main/java/a/Web.java": main,
    }
    facts = found(files)
    assert facts["build_command"].value == "mvn -B -DskipTests -pl web,jobs -am package"
    assert facts["processes"].value == [
        {"name": "jobs", "command": "java -jar jobs/target/jobs-1.2.jar"},
        {"name": "web", "command": "java -jar web/target/web-1.2.jar"},
    ]


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("plugins {\n id 'org.springframework.boot' version '3.2.0'\n}\nversion = '0.1'", ("bootJar", "java -jar build/libs/shop-0.1.jar")),
        ("plugins {\n id 'org.springframework.boot' version '3.2.0'\n id 'war'\n}", ("bootWar", "java -jar build/libs/shop.war")),
        ("apply plugin: 'org.springframework.boot'\nversion = computed()", ("bootJar", "java -jar build/libs/*.jar")),
        ("plugins {\n id 'org.springframework.boot'\n}\nbootJar { archiveFileName = 'app.jar' }", ("bootJar", "java -jar build/libs/app.jar")),
        ("plugins {\n id 'java'\n id 'io.quarkus'\n}", ("quarkusBuild", "java -jar build/quarkus-app/quarkus-run.jar")),
        ('plugins {\n  application\n}\napplication {\n  mainClass = "com.acme.App"\n}', ("installDist", "build/install/shop/bin/shop")),
        ("plugins {\n id 'application'\n}\napplicationName = 'web'", ("installDist", "build/install/shop/bin/web")),
        ("plugins {\n id 'application'\n}\ndistributions { main { distributionBaseName = 'out' } }", ("installDist", "build/install/out/bin/shop")),
        ("plugins {\n id 'com.gradleup.shadow' version '8'\n id 'application'\n}\nversion '2'\nmainClassName = 'com.acme.App'", ("shadowJar", "java -jar build/libs/shop-2-all.jar")),
        ("apply plugin: 'java'\njar { manifest { attributes('Main-Class': 'com.acme.App') } }", ("jar", "java -jar build/libs/shop.jar")),
        ('plugins { java }\ntasks.jar { manifest.attributes["Main-Class"] = "com.acme.App" }', ("jar", "java -jar build/libs/shop.jar")),
    ],
)  # fmt: skip
def test_gradle_plugins_decide_what_is_made(script, expected):
    files = {"build.gradle": script, "settings.gradle": "rootProject.name = 'shop'", **MAIN}
    task, start = expected
    assert commands(files) == (f"gradle --no-daemon {task}", start)


@pytest.mark.parametrize(
    ("script", "archive"),
    [
        ("ktor { fatJar { archiveFileName.set('fat.jar') } }", "fat.jar"),
        ("shadowJar { archiveFileName = 'all.jar' }", "all.jar"),
        ("tasks.named<ShadowJar>('shadowJar') {\n archiveFileName.set(\"${project.name}.jar\")\n}", "shop.jar"),
        ("shadowJar { archiveClassifier.set('') }", "shop-2.jar"),
        ("shadowJar {\n archiveBaseName = 'web'\n archiveVersion = null\n archiveClassifier = null as String\n}", "web.jar"),
        ("base { archivesName = 'web' }", "web-2-all.jar"),
        ("shadowJar { archiveFileName = computed() }", "*.jar"),
        ('shadowJar { archiveVersion = "$build" }', "shop-*-all.jar"),
        ("jar { archiveFileName = 'thin.jar' }", "shop-2-all.jar"),
    ],
)  # fmt: skip
def test_the_archive_with_everything_inside_is_called_as_the_script_says(script, archive):
    text = f"plugins {{\n id 'com.gradleup.shadow' version '8'\n}}\nversion = '2'\n{script}\n"
    files = {"build.gradle": text, "settings.gradle": "rootProject.name = 'shop'", **MAIN}
    assert commands(files)[1] == f"java -jar build/libs/{archive}"


def test_of_several_gradle_modules_the_application_is_built():
    files = {
        "settings.gradle.kts": 'rootProject.name = "all"\ninclude("app", "lib:core")\n',
        "app/build.gradle.kts": 'plugins {\n    application\n}\napplication {\n    mainClass.set("org.example.App")\n}\n',
        "lib/core/build.gradle.kts": "plugins {\n    `java-library`\n}\n",
        "lib/core/src/main/java/a/Core.java": "package a; class Core {}",
    }
    assert commands(files) == ("gradle --no-daemon :app:installDist", "app/build/install/app/bin/app")


def test_a_plugin_declared_but_not_applied_does_not_count():
    files = {
        "build.gradle.kts": 'plugins {\n id("org.springframework.boot") version "3" apply false\n}\n',
        **MAIN,
    }
    assert commands(files)[0] == "gradle --no-daemon jar"


def test_plugins_of_the_version_catalog_count():
    files = {
        "build.gradle.kts": "plugins {\n  alias(libs.plugins.spring.boot)\n}\n",
        "gradle/libs.versions.toml": '[plugins]\nspring-boot = { id = "org.springframework.boot", version = "3" }\n',
        **MAIN,
    }
    assert commands(files)[0] == "gradle --no-daemon bootJar"


def test_a_source_file_without_a_build_runs_by_itself():
    files = {"Main.java": "class Main {\n  public static void main(String[] a) {}\n}"}
    assert found(files)["start_command"].value == "java Main.java"


def test_kotlin_functions_start_by_the_class_of_their_file():
    files = {"pom.xml": pom(), "src/main/kotlin/a/Server.kt": "package a\n\nfun main() {}\n"}
    assert commands(files)[1].endswith(" a.ServerKt")
    named = {"src/main/kotlin/a/Server.kt": '@file:JvmName("Shop")\npackage a\n\nfun main() {}\n'}
    assert commands({**files, **named})[1].endswith(" a.Shop")


def test_tests_and_linters_give_their_commands():
    files = {"pom.xml": pom(BOOT + plugin("spotless-maven-plugin")), "src/test/java/a/ATest.java": "", **MAIN}
    facts = found(files)
    assert facts["test_command"].value == "mvn -B test"
    assert facts["lint_command"].value == "mvn -B spotless:check"


@pytest.mark.parametrize(
    "files",
    [
        {"pom.xml": pom(), "src/main/java/a/Text.java": "package a;\npublic class Text {}"},
        {
            "build.gradle": "plugins {\n id 'java-library'\n id 'maven-publish'\n}",
            "src/main/java/a/Text.java": "class Text {}",
        },
    ],
)
def test_code_that_nothing_starts_is_a_library(files):
    assert LANGUAGE.library(MemoryTree(files)) is not None


@pytest.mark.parametrize(
    "files",
    [
        {"pom.xml": pom(), **MAIN},
        {"pom.xml": pom(BOOT), "src/main/java/a/Text.java": "class Text {}"},
        {"pom.xml": pom(packaging="war"), "src/main/java/a/Text.java": "class Text {}"},
        {"pom.xml": pom()},
        {"pom.xml": "<project", "src/main/java/a/Text.java": "class Text {}"},
    ],
)
def test_code_that_something_starts_or_that_cannot_be_read_is_no_library(files):
    assert LANGUAGE.library(MemoryTree(files)) is None


@pytest.mark.parametrize(
    "files",
    [{}, {"build.sbt": "", "Main.java": ""}, {"project.clj": "", "src/a/B.java": ""}, {"lib/x.jar": ""}],
)
def test_what_another_build_tool_owns_is_not_claimed(files):
    assert LANGUAGE.claim(MemoryTree(files)) is None


def test_an_unpacked_archive_starts_by_its_manifest():
    files = {
        "META-INF/MANIFEST.MF": "Manifest-Version: 1.0\nMain-Class: org.boot.JarLauncher\n",
        "BOOT-INF/classes/a.properties": "",
    }
    assert LANGUAGE.claim(MemoryTree(files)) is not None
    assert found(files)["start_command"].value == "java -cp . org.boot.JarLauncher"


SERVLET = {
    "src/main/java/a/Hello.java": "package a;\nimport jakarta.servlet.http.HttpServlet;\nclass Hello {}\n"
}


@pytest.mark.parametrize(
    ("files", "server"),
    [
        (SERVLET, "tomcat-10"),
        ({path: text.replace("jakarta", "javax") for path, text in SERVLET.items()}, "tomcat-9"),
        (
            {"src/main/webapp/WEB-INF/web.xml": "<web-app xmlns='http://xmlns.jcp.org/xml/ns/javaee'/>"},
            "tomcat-9",
        ),
        (
            {"src/main/webapp/WEB-INF/web.xml": "<web-app xmlns='https://jakarta.ee/xml/ns/jakartaee'/>"},
            "tomcat-10",
        ),
    ],
)
def test_an_archive_for_a_servlet_container_runs_in_the_tomcat_of_its_namespace(files, server):
    facts = found({"pom.xml": pom(packaging="war"), **files})
    told = {name: facts[name].value for name in ("build_command", "start_command", "port", "output_folder")}
    assert told == {
        "build_command": "mvn -B -DskipTests package",
        "start_command": "catalina.sh run",
        "port": 8080,
        "output_folder": "target",
    }
    assert (facts["server_package"].value, facts["static"].value) == (server, False)


def test_a_gradle_archive_for_a_servlet_container_is_found_where_gradle_leaves_it():
    script = "plugins {\n id 'java'\n id 'war'\n}\ndependencies {\n providedCompile 'javax.servlet:javax.servlet-api:4.0.1'\n}\n"
    facts = found({"build.gradle": script})
    assert (facts["server_package"].value, facts["output_folder"].value) == ("tomcat-9", "build/libs")
    assert (facts["build_command"].value, facts["start_command"].line) == ("gradle --no-daemon war", 3)


@pytest.mark.parametrize(
    "server", ["liberty-maven-plugin", "wildfly-maven-plugin", "payara-micro-maven-plugin"]
)
def test_an_archive_for_a_full_application_server_is_not_given_to_tomcat(server):
    assert "start_command" not in found({"pom.xml": pom(plugin(server), packaging="war"), **SERVLET})


DROPWIZARD = "<dependencies><dependency><groupId>io.dropwizard</groupId><artifactId>dropwizard-core</artifactId></dependency></dependencies>"
SHADED = plugin("maven-shade-plugin", "<mainClass>com.acme.App</mainClass>")
CONNECTOR = "server:\n  applicationConnectors:\n    - type: http\n      port: 9000\n  adminConnectors:\n    - port: 9001\n"


@pytest.mark.parametrize(
    ("files", "arguments"),
    [
        ({"config.yml": CONNECTOR, ".github.yml": "on: push"}, " server config.yml"),
        ({"config/prod.yaml": CONNECTOR}, " server config/prod.yaml"),
        ({"compose.yml": "services: {}"}, " server"),
    ],
)
def test_dropwizard_is_told_to_serve_with_its_configuration(files, arguments):
    facts = found({"pom.xml": pom(SHADED, extra=DROPWIZARD), **MAIN, **files})
    assert facts["start_command"].value == f"java -jar target/shop-1.2.jar{arguments}"


def test_a_dropwizard_program_that_gives_itself_its_arguments_is_given_none():
    code = {path: text.replace("{}", '{ new App().run("server"); }') for path, text in MAIN.items()}
    facts = found({"pom.xml": pom(SHADED, extra=DROPWIZARD), **code, "config.yml": CONNECTOR})
    assert facts["start_command"].value == "java -jar target/shop-1.2.jar"


@pytest.mark.parametrize(
    ("text", "port", "line", "health"),
    [
        (CONNECTOR, 9000, 4, None),
        (CONNECTOR.replace("9000", "${PORT:-9000}") + "health: {}\n", 9000, 4, "/health-check"),
        (
            "server:\n  type: simple\n  connector:\n    type: http\n    port: 8090\n",
            8090,
            5,
            "/admin/healthcheck",
        ),
    ],
)
def test_dropwizards_configuration_says_where_the_application_listens(text, port, line, health):
    facts = found({"pom.xml": pom(SHADED, extra=DROPWIZARD), **MAIN, "config.yml": text})
    assert (facts["port"].value, facts["port"].file, facts["port"].line) == (port, "config.yml", line)
    assert (facts["health_path"].value if "health_path" in facts else None) == health
