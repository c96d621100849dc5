import pytest

from fops.onboarding.detect.languages.java import LANGUAGE
from fops.onboarding.detect.languages.java.builds.xml import parse
from fops.onboarding.detect.settle import settle
from fops.onboarding.fetch.tree import MemoryTree

ACTUATOR = "org.springframework.boot:spring-boot-starter-actuator"
PROMETHEUS = "io.micrometer:micrometer-registry-prometheus"


def pom(*coordinates, scope="compile"):
    dependencies = "\n".join(
        f"<dependency><groupId>{one.partition(':')[0]}</groupId><artifactId>{one.partition(':')[2]}</artifactId><scope>{scope}</scope></dependency>"
        for one in coordinates
    )
    return (
        f"<project>\n<artifactId>a</artifactId>\n<dependencies>\n{dependencies}\n</dependencies>\n</project>"
    )


def found(*coordinates, properties="", files=None, scope="compile"):
    tree = MemoryTree(
        {
            "pom.xml": pom(*coordinates, scope=scope),
            "src/main/resources/application.properties": properties,
            **(files or {}),
        }
    )
    return settle(".", LANGUAGE.facts(tree))[0]


@pytest.mark.parametrize(
    ("coordinate", "framework"),
    [
        ("org.springframework.boot:spring-boot-starter-web", "spring-boot"),
        ("io.quarkus:quarkus-rest", "quarkus"),
        ("io.micronaut:micronaut-http-server", "micronaut"),
        ("io.ktor:ktor-server-core-jvm", "ktor"),
        ("io.vertx:vertx-web", "vertx"),
        ("com.sparkjava:spark-core", "sparkjava"),
        ("io.dropwizard:dropwizard-core", "dropwizard"),
    ],
)
def test_a_framework_is_known_by_its_dependency(coordinate, framework):
    fact = found(coordinate)["framework"]
    assert (fact.value, fact.file, fact.line) == (framework, "pom.xml", 4)


@pytest.mark.parametrize(
    "script",
    [
        "dependencies { implementation 'org.springframework.boot:spring-boot-starter-web:3.2.0' }",
        'dependencies { implementation("org.springframework.boot:spring-boot-starter-web") }',
        "dependencies { compile group: 'org.springframework.boot', name: 'spring-boot-starter-web', version: '1.5' }",
        "dependencies { implementation(libs.spring.web) }",
        "plugins { id 'org.springframework.boot' version '3.2.0' }",
    ],
)
def test_every_way_to_write_a_gradle_dependency_is_read(script):
    catalog = '[libraries]\nspring-web = { module = "org.springframework.boot:spring-boot-starter-web" }\n'
    tree = MemoryTree({"build.gradle": script, "gradle/libs.versions.toml": catalog})
    assert settle(".", LANGUAGE.facts(tree))[0]["framework"].value == "spring-boot"


def test_a_dependency_of_tests_alone_does_not_count():
    assert "services" not in found("org.postgresql:postgresql", scope="test")
    tree = MemoryTree(
        {"build.gradle": "dependencies {\n  testImplementation 'org.postgresql:postgresql:42'\n}"}
    )
    assert "services" not in settle(".", LANGUAGE.facts(tree))[0]


@pytest.mark.parametrize(
    ("coordinate", "service"),
    [
        ("org.postgresql:postgresql", "postgres"),
        ("com.mysql:mysql-connector-j", "mysql"),
        ("org.springframework.boot:spring-boot-starter-data-redis", "redis"),
        ("org.mongodb:mongodb-driver-sync", "mongodb"),
        ("org.springframework.boot:spring-boot-starter-amqp", "rabbitmq"),
        ("net.spy:spymemcached", "memcached"),
        ("co.elastic.clients:elasticsearch-java", "elasticsearch"),
        ("org.apache.kafka:kafka-clients", "kafka"),
        ("com.microsoft.sqlserver:mssql-jdbc", "mssql"),
        ("io.quarkus:quarkus-jdbc-postgresql", "postgres"),
    ],
)
def test_a_driver_names_the_service_it_speaks_to(coordinate, service):
    assert found(coordinate)["services"].value == [service]


@pytest.mark.parametrize(
    ("properties", "path"),
    [
        ("", "/actuator/health"),
        ("management.endpoints.web.base-path=/manage", "/manage/health"),
        ("server.servlet.context-path=/shop", "/shop/actuator/health"),
        ("management.endpoints.web.base-path=/", "/health"),
    ],
)
def test_the_actuators_health_route_follows_the_configuration(properties, path):
    assert found(ACTUATOR, properties=properties)["health_path"].value == path


def test_an_actuator_on_a_port_of_its_own_gives_no_route_of_the_application():
    assert "health_path" not in found(ACTUATOR, properties="management.server.port=9001")


def test_prometheus_counts_when_it_is_exposed():
    exposed = "management.endpoints.web.exposure.include=health,prometheus"
    assert found(ACTUATOR, PROMETHEUS, properties=exposed)["metrics_path"].value == "/actuator/prometheus"
    assert "metrics_path" not in found(ACTUATOR, PROMETHEUS)


def test_quarkus_has_its_own_routes():
    facts = found("io.quarkus:quarkus-smallrye-health", "io.quarkus:quarkus-micrometer-registry-prometheus")
    assert (facts["health_path"].value, facts["metrics_path"].value) == ("/q/health", "/q/metrics")


@pytest.mark.parametrize(
    ("properties", "path"),
    [
        ("quarkus.http.root-path=/shop", "/shop/q/health"),
        ("quarkus.http.non-application-root-path=/ops", "/ops/health"),
        ("quarkus.smallrye-health.root-path=/health", "/health"),
        ("quarkus.management.enabled=true", None),
    ],
)
def test_quarkus_health_route_follows_the_configuration(properties, path):
    facts = found("io.quarkus:quarkus-smallrye-health", properties=properties)
    assert (facts["health_path"].value if "health_path" in facts else None) == path


@pytest.mark.parametrize(
    ("properties", "path"),
    [
        ("", "/health"),
        ("micronaut.server.context-path=/shop\nendpoints.all.path=/ops", "/shop/ops/health"),
        ("endpoints.all.port=8085", None),
    ],
)
def test_micronauts_health_route_follows_the_configuration(properties, path):
    facts = found("io.micronaut:micronaut-management", properties=properties)
    assert (facts["health_path"].value if "health_path" in facts else None) == path


@pytest.mark.parametrize(
    "code",
    [
        '@WebServlet("/healthz")',
        '@WebServlet(name = Names.HEALTH, urlPatterns = {"/healthz"})',
        '@GetMapping("/healthz")',
        '@GetMapping(value = "/healthz")',
        'app.get("/healthz", ctx -> {});',
        'server.createContext("/healthz", h);',
    ],
)
def test_a_health_route_in_the_code_is_found(code):
    assert found(files={"src/main/java/A.java": f"class A {{\n{code}\n}}"})["health_path"].value == "/healthz"


def test_the_environment_is_what_configuration_and_code_read():
    code = 'class A {\n  String a = System.getenv("REGION");\n  String b = System.getenv().getOrDefault("MODE", "fast");\n}'
    facts = found(
        properties="spring.datasource.password=${DB_PASSWORD:dev}\nx=${lower.case:1}",
        files={"src/main/java/A.java": code},
    )
    assert facts["env"].value == [
        {"name": "DB_PASSWORD", "default": None},
        {"name": "MODE", "default": "fast"},
        {"name": "REGION", "default": None},
    ]
    assert facts["secrets"].value == ["DB_PASSWORD"]


@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE project [<!ENTITY a "b">]><project>&a;</project>',
        '<!DOCTYPE project SYSTEM "file:///etc/passwd"><project/>',
        "<a>" * 200 + "</a>" * 200,
        "<project><a></project>",
        "not xml",
        "",
        "\ud800<a/>",
        '<?xml version="1.0" encoding="no-such"?><a',
    ],
)
def test_hostile_or_broken_xml_is_refused_whole(text):
    assert parse(text) is None


def test_elements_know_their_lines_and_lose_their_prefix():
    root = parse(
        '<?xml version="1.0" encoding="ISO-8859-1"?>\n<m:project xmlns:m="x">\n <m:name> shop </m:name>\n</m:project>'
    )
    name = root.first("name")
    assert (root.tag, name.text, name.line) == ("project", "shop", 3)
