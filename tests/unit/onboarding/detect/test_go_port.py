import pytest

from fops.onboarding.detect.languages.go import LANGUAGE
from fops.onboarding.detect.settle import settle
from fops.onboarding.fetch.tree import MemoryTree
from fops.onboarding.model import WEAK

GIN = "module a.b/c\n\nrequire github.com/gin-gonic/gin v1.9.0\n"


def port(body, *, manifest="module a.b/c\n", head=""):
    text = f"package main\n\n{head}\nfunc main() {{\n\t{body}\n}}\n"
    facts, _ = settle(".", LANGUAGE.facts(MemoryTree({"go.mod": manifest, "main.go": text})))
    return facts.get("port")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('http.ListenAndServe(":8081", nil)', 8081),
        ('http.ListenAndServe("0.0.0.0:80", nil)', 80),
        ('http.ListenAndServeTLS(":8443", "c", "k", nil)', 8443),
        ('log.Fatal(app.Listen(":3000"))', 3000),
        ('e.Logger.Fatal(e.Start(":1323"))', 1323),
        ('r.Run(":9090")', 9090),
        ('r.Run("localhost:9090")', 9090),
        ('lis, err := net.Listen("tcp", ":50051")', 50051),
        ('srv := &http.Server{Addr: ":8000", Handler: h}', 8000),
        ('srv := &http.Server{\n\t\tHandler: h,\n\t\tAddr:    "127.0.0.1:8000",\n\t}', 8000),
        ('port := os.Getenv("PORT")\n\tif port == "" {\n\t\tport = "5000"\n\t}', 5000),
        ('port := getEnv("PORT", "5001")', 5001),
        ('port := envOr("HTTP_PORT", "5001")', 5001),
        ('port := cmp.Or(os.Getenv("PORT"), "5002")', 5002),
        ('addr := flag.String("addr", ":4000", "HTTP network address")', 4000),
        ('flag.IntVar(&cfg.port, "port", 4001, "API server port")', 4001),
        ('flags.StringVarP(&addr, "listen", "l", "0.0.0.0:4002", "")', 4002),
        ('viper.SetDefault("server.port", 4003)', 4003),
        ('addr := ":4004"\n\thttp.ListenAndServe(addr, nil)', 4004),
        ('port := 4005\n\thttp.ListenAndServe(fmt.Sprintf(":%d", port), nil)', 4005),
    ],
)
def test_the_port_is_read_from_where_the_program_listens(body, expected):
    assert port(body).value == expected


@pytest.mark.parametrize(
    "head",
    [
        'const port = "7000"',
        'const (\n\tname        = "x"\n\tdefaultPort = "7000"\n)',
        'var listenAddr string = ":7000"',
        'type Config struct {\n\tPort int `env:"PORT" envDefault:"7000"`\n}',
        'type Config struct {\n\tPort int `envconfig:"PORT" default:"7000"`\n}',
    ],
)
def test_the_port_is_read_from_declarations(head):
    assert port("http.ListenAndServe(addr, nil)", head=head).value == 7000


def test_gin_listens_on_its_documented_port_when_run_without_one():
    assert port("r.Run()", manifest=GIN).value == 8080


def test_a_program_that_only_reads_the_variable_gets_a_weak_default():
    fact = port('http.ListenAndServe(":"+os.Getenv("PORT"), nil)')
    assert (fact.value, fact.confidence, fact.line) == (8080, WEAK, 5)


@pytest.mark.parametrize(
    "body",
    [
        "dbPort := 5432",
        'redisAddr := "localhost:6379"',
        'port := getEnv("DB_PORT", "5432")',
        'flag.Int("smtp-port", 1025, "")',
        "important := 12345",
        "support := 2024",
        '// r.Run(":3000") for a hard coded port',
        'fmt.Println("x") // listen on :3000, e.Start(":3000")',
        "timeout: 3000",
    ],
)  # fmt: skip
def test_a_number_that_is_no_port_of_the_program_is_not_taken(body):
    assert port(body) is None


def test_the_metrics_listener_gives_way_to_the_real_one():
    body = 'go http.ListenAndServe(":9100", promhttp.Handler())\n\thttp.ListenAndServe(":8080", mux)'
    assert port(body).value == 8080


def test_a_program_that_does_not_listen_has_no_port():
    assert port('fmt.Println("hello")') is None


@pytest.mark.parametrize(
    ("path", "text", "line"),
    [
        ("config.yaml", "db:\n  port: 5432\nserver:\n  port: 8088\n", 4),
        ("config/app.toml", '[http]\naddr = "0.0.0.0:8088"\n', 2),
        ("configs/config.json", '{"port": "8088"}', 1),
    ],
)
def test_a_settings_file_tells_the_port_where_the_code_names_none(path, text, line):
    code = {"go.mod": "module a.b/c\n", "main.go": "package main\n\nfunc main() { run(load()) }\n"}
    facts, _ = settle(".", LANGUAGE.facts(MemoryTree({**code, path: text})))
    assert (facts["port"].value, facts["port"].file, facts["port"].line) == (8088, path, line)


def test_the_code_speaks_before_a_settings_file():
    main = 'package main\n\nfunc main() { http.ListenAndServe(":8081", nil) }\n'
    files = {"go.mod": "module a.b/c\n", "main.go": main, "config.yaml": "port: 9000\n"}
    assert settle(".", LANGUAGE.facts(MemoryTree(files)))[0]["port"].value == 8081
