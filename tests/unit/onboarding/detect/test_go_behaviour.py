import pytest

from fops.onboarding.detect import detect
from fops.onboarding.detect.languages.go import LANGUAGE
from fops.onboarding.detect.settle import settle
from fops.onboarding.fetch.tree import MemoryTree


def found(body="", *, requires="", files=None):
    text = f"package main\n\nfunc main() {{\n\t{body}\n}}\n"
    tree = MemoryTree({"go.mod": f"module a.b/c\n\n{requires}\n", "main.go": text, **(files or {})})
    facts, _ = settle(".", LANGUAGE.facts(tree))
    return facts


@pytest.mark.parametrize(
    ("module", "framework"),
    [
        ("github.com/gin-gonic/gin", "gin"),
        ("github.com/labstack/echo/v4", "echo"),
        ("github.com/gofiber/fiber/v3", "fiber"),
        ("github.com/go-chi/chi/v5", "chi"),
        ("github.com/gorilla/mux", "gorilla-mux"),
        ("github.com/valyala/fasthttp", "fasthttp"),
    ],
)
def test_a_framework_is_known_by_its_module(module, framework):
    fact = found(requires=f"require {module} v1.2.3")["framework"]
    assert (fact.value, fact.file, fact.line) == (framework, "go.mod", 3)


def test_a_module_required_indirectly_is_no_framework():
    assert "framework" not in found(requires="require (\n\tgithub.com/gin-gonic/gin v1.9.0 // indirect\n)")


def test_a_replaced_module_is_not_required_by_its_replacement():
    assert "framework" not in found(requires="replace (\n\tgithub.com/gin-gonic/gin v1.9.0 => ../gin\n)")


def test_without_a_manifest_the_imports_tell_the_framework():
    text = (
        'package main\n\nimport (\n\t"github.com/gin-gonic/gin"\n)\n\nfunc main() { gin.Default().Run() }\n'
    )
    facts, _ = settle(".", LANGUAGE.facts(MemoryTree({"main.go": text})))
    assert (facts["framework"].value, facts["framework"].line) == ("gin", 4)


@pytest.mark.parametrize(
    ("module", "service"),
    [
        ("github.com/jackc/pgx/v5", "postgres"),
        ("github.com/go-sql-driver/mysql", "mysql"),
        ("github.com/redis/go-redis/v9", "redis"),
        ("go.mongodb.org/mongo-driver/v2", "mongodb"),
        ("github.com/rabbitmq/amqp091-go", "rabbitmq"),
        ("github.com/bradfitz/gomemcache", "memcached"),
        ("github.com/elastic/go-elasticsearch/v8", "elasticsearch"),
        ("github.com/IBM/sarama", "kafka"),
        ("github.com/microsoft/go-mssqldb", "mssql"),
    ],
)
def test_a_driver_names_the_service_it_speaks_to(module, service):
    assert found(requires=f"require {module} v1.2.3")["services"].value == [service]


def test_several_services_are_sorted_and_each_named_once():
    requires = "require (\n\tgithub.com/redis/go-redis/v9 v9.0.0\n\tgithub.com/lib/pq v1.0.0\n\tgithub.com/jackc/pgx/v5 v5.0.0\n)"
    assert found(requires=requires)["services"].value == ["postgres", "redis"]


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ('http.HandleFunc("/healthz", health)', "/healthz"),
        ('mux.Handle("GET /health", h)', "/health"),
        ('r.GET("/ping", pong)', "/ping"),
        ('r.HandleFunc(baseUrl + "/_healthz", h)', "/_healthz"),
        ('e.GET("/readyz", h); e.GET("/healthz", h)', "/healthz"),
        ('app.Get("/api/health", h)', "/api/health"),
    ],
)
def test_a_health_route_is_one_the_program_registers(body, path):
    assert found(body)["health_path"].value == path


@pytest.mark.parametrize(
    "body", ['http.Get("http://other/healthz")', '// mux.Handle("/healthz", h)', 'x := "/healthy-food"']
)
def test_a_health_address_of_somebody_else_is_no_route(body):
    assert "health_path" not in found(body)


def test_metrics_need_a_route_and_an_exporter():
    assert found('http.Handle("/metrics", promhttp.Handler())')["metrics_path"].value == "/metrics"
    assert "metrics_path" not in found('http.HandleFunc("/metrics", business)')


def test_the_environment_is_what_the_program_reads():
    body = 'os.Getenv("LOG_LEVEL")\n\tgetEnv("REGION", "eu")\n\tos.LookupEnv("DATABASE_URL")\n\tos.Setenv("IGNORED", "1")'
    facts = found(body)
    assert facts["env"].value == [
        {"name": "DATABASE_URL", "default": None},
        {"name": "LOG_LEVEL", "default": None},
        {"name": "REGION", "default": "eu"},
    ]
    assert (facts["env"].file, facts["env"].line) == ("main.go", 4)
    assert facts["secrets"].value == ["DATABASE_URL"]


def test_tests_and_a_linter_configuration_give_their_commands():
    facts = found(files={"main_test.go": "package main\n", ".golangci.yml": ""})
    assert facts["test_command"].value == "go test ./..."
    assert facts["lint_command"].value == "golangci-lint run"
    assert "lint_command" not in found()


@pytest.mark.parametrize(
    ("call", "host"),
    [
        ('http.ListenAndServe("localhost:8080", nil)', "localhost"),
        ('r.Run("127.0.0.1:8080")', "127.0.0.1"),
        ('net.Listen("tcp", "localhost:50051")', "localhost"),
        ('http.ListenAndServe(":8080", nil)', None),
        ('sql.Open("pg", "localhost:5432")', None),
    ],
)
def test_a_server_that_only_its_own_machine_reaches_is_noted(call, host):
    tree = MemoryTree(
        {"go.mod": "module a.b/c\n", "main.go": f"package main\n\nfunc main() {{\n\t{call}\n}}\n"}
    )
    note = f"main.go:4 listens on {host} alone, where nothing outside its container reaches it; let it listen on 0.0.0.0"
    assert detect(tree).notes == ((note,) if host else ())
