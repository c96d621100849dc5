import pytest

from fops.onboarding.detect.languages.java import LANGUAGE
from fops.onboarding.detect.settle import settle
from fops.onboarding.fetch.tree import MemoryTree
from fops.onboarding.model import WEAK

RESOURCES = "src/main/resources"


def pom(*coordinates):
    dependencies = "".join(
        f"<dependency><groupId>{one.partition(':')[0]}</groupId><artifactId>{one.partition(':')[2]}</artifactId></dependency>"
        for one in coordinates
    )
    return f"<project><artifactId>a</artifactId><version>1</version><dependencies>{dependencies}</dependencies></project>"


WEB = "org.springframework.boot:spring-boot-starter-web"


def port(files, *coordinates):
    return settle(".", LANGUAGE.facts(MemoryTree({"pom.xml": pom(*coordinates), **files})))[0].get("port")


@pytest.mark.parametrize(
    ("path", "text", "value", "line"),
    [
        ("application.properties", "a=1\nserver.port=9000\n", 9000, 2),
        ("application.properties", "server.port = ${PORT:9001}\n", 9001, 1),
        ("application.properties", "server.port=${SERVER_PORT:${PORT:9002}}\n", 9002, 1),
        ("application.properties", "server.port: 9003", 9003, 1),
        ("application.yml", "spring:\n  port: 1\nserver:\n  port: 9004\n", 9004, 4),
        ("application.yaml", "server.port: ${PORT:9005}\n", 9005, 1),
        ("application.yml", "server:\n  port: 9006\n---\nspring:\n  x: 1\n", 9006, 2),
        ("config/application.yml", "server:\n  port: 9007\n", 9007, 2),
    ],
)
def test_springs_configuration_sets_the_port(path, text, value, line):
    fact = port({f"{RESOURCES}/{path}": text}, WEB)
    assert (fact.value, fact.file, fact.line) == (value, f"{RESOURCES}/{path}", line)


@pytest.mark.parametrize(
    ("coordinate", "path", "text"),
    [
        ("io.quarkus:quarkus-rest", f"{RESOURCES}/application.properties", "quarkus.http.port=9100"),
        ("io.quarkus:quarkus-rest", f"{RESOURCES}/application.yaml", "quarkus:\n  http:\n    port: 9100"),
        (
            "io.micronaut:micronaut-http-server-netty",
            f"{RESOURCES}/application.yml",
            "micronaut:\n  server:\n    port: ${PORT:9100}",
        ),
        (
            "io.ktor:ktor-server-netty",
            f"{RESOURCES}/application.conf",
            "ktor {\n  deployment {\n    port = 9100\n    port = ${?PORT}\n  }\n}",
        ),
        (
            "io.ktor:ktor-server-netty",
            f"{RESOURCES}/application.yaml",
            "ktor:\n  deployment:\n    port: 9100",
        ),
        (
            "io.ktor:ktor-server-netty",
            f"{RESOURCES}/application.yaml",
            'ktor:\n  deployment:\n    port: "$PORT:9100"',
        ),
        (
            "io.quarkus:quarkus-rest",
            f"{RESOURCES}/application.yaml",
            'quarkus:\n  http:\n    port: 1\n"%prod":\n  quarkus:\n    http:\n      port: 9100',
        ),
    ],
)
def test_other_frameworks_have_their_own_key(coordinate, path, text):
    assert port({path: text}, coordinate).value == 9100


@pytest.mark.parametrize(
    ("coordinate", "value"),
    [
        (WEB, 8080),
        ("org.springframework.boot:spring-boot-starter-webflux", 8080),
        ("io.quarkus:quarkus-resteasy", 8080),
        ("io.micronaut:micronaut-http-server-netty", 8080),
        ("com.sparkjava:spark-core", 4567),
    ],
)
def test_the_documented_default_is_weak(coordinate, value):
    fact = port({}, coordinate)
    assert (fact.value, fact.confidence, fact.file) == (value, WEAK, "pom.xml")


def test_a_framework_without_its_web_part_opens_no_port():
    assert port({}, "org.springframework.boot:spring-boot-starter") is None


def test_a_port_that_only_a_variable_sets_is_weak():
    fact = port({f"{RESOURCES}/application.properties": "server.port=${PORT}"}, WEB)
    assert (fact.value, fact.confidence) == (8080, WEAK)


def test_a_random_port_is_none_to_count_on():
    assert port({f"{RESOURCES}/application.properties": "server.port=0"}, WEB).confidence == WEAK


@pytest.mark.parametrize(
    "code",
    [
        'int port = Integer.parseInt(System.getenv().getOrDefault("PORT", "7000"));',
        'int port = System.getenv("PORT") != null ? Integer.parseInt(System.getenv("PORT")) : 7000;',
        'int port = Optional.ofNullable(System.getenv("PORT"))\n    .map(Integer::parseInt)\n    .orElse(7000);',
        'val port = System.getenv("PORT")?.toInt() ?: 7000',
        'String p = System.getenv("PORT"); return p != null ? Integer.parseInt(p) : 7000;',
        'if (env.get("PORT") != null) { return Integer.parseInt(env.get("PORT")); } return 7000;',
        'embeddedServer(Netty, host = "0.0.0.0", port = 7000) { }',
        'String port = System.getProperty("server.port", "7000");',
        "HttpServer.create(new InetSocketAddress(7000), 0);",
        'new InetSocketAddress("0.0.0.0", 7000);',
        "Spark.port(7000);",
        "port(7000);",
        "Javalin.create().start(7000);",
        "vertx.createHttpServer().listen(7000);",
        "embeddedServer(Netty, port = 7000) { }",
        "embeddedServer(Netty, 7000) { }",
        "ServerBuilder.forPort(7000).build();",
        "new Server(7000);",
        'Undertow.builder().addHttpListener(7000, "0.0.0.0");',
        "private static final int DEFAULT_PORT = 7000;",
        'app.setDefaultProperties(Map.of("server.port", "7000"));',
    ],
)
def test_the_port_is_read_from_the_code(code):
    text = f"class App {{\n  public static void main(String[] args) {{\n    {code}\n  }}\n}}\n"
    fact = port({"src/main/java/App.java": text})
    assert (fact.value, fact.line) == (7000, 3)


@pytest.mark.parametrize(
    "code",
    [
        "int dbPort = 5432;",
        "int timeout = 3000;",
        "// Spark.port(7000);",
        "* new Server(7000)",
        "executor.start(10);",
    ],
)
def test_a_number_that_is_no_port_of_the_program_is_not_taken(code):
    text = f"class App {{\n  public static void main(String[] args) {{\n    {code}\n  }}\n}}\n"
    assert port({"src/main/java/App.java": text}) is None


def test_a_port_in_a_test_is_not_taken():
    assert (
        port({"src/test/java/AppTest.java": "int port = 7000;", "src/main/java/A.java": "class A {}"}) is None
    )
