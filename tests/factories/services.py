"""One service for every way an image is built: language, package manager, kind of output."""

from __future__ import annotations

from factories.plans import GO_API_AND_WORKER, NODE_SPA, SPRING, a_service
from fops.onboarding.model import DataFile, EnvVariable, ExistingDockerfile, Process, ServicePlan

HOSTILE = 'a"; rm -rf / #\n$(id) `id` ${{ x }} {{ y }} \\'

_NODE = {
    "name": "api", "language": "node", "framework": "express", "runtime_version": "22", "port": 3000, "health_path": None,
    "install_command": "npm ci", "build_command": "npm run build", "start_command": "npm run start", "test_command": "npm test",
    "lint_command": "", "backing": ("mongodb",), "image": "ghcr.io/acme/api",
    "env": (EnvVariable(name="PORT", default="3000"), EnvVariable(name="API_KEY", secret=True), EnvVariable(name="SITE")),
}  # fmt: skip
_FILES = {
    "name": "web", "language": "static", "package_manager": "", "framework": None, "build_command": "", "install_command": "",
    "output_folder": ".", "files": frozenset({"index.html"}),
}  # fmt: skip


def web(command: str, *, port: int | None = 8000) -> tuple[Process, ...]:
    return (Process(name="web", command=command, port=port),)


def worker(command: str, *, name: str = "worker") -> tuple[Process, ...]:
    return (Process(name=name, command=command),)


def python(
    manager: str, *files: str, start: str = "uvicorn app.main:app --port 8000", **changes: object
) -> ServicePlan:
    given = {
        "package_manager": manager,
        "files": frozenset(files),
        "processes": web(start),
        "start_command": start,
    }
    return a_service(**{**given, **changes})


def node(manager: str, *files: str, start: str = "npm run start", **changes: object) -> ServicePlan:
    given = {
        "package_manager": manager,
        "files": frozenset({"package.json", *files}),
        "processes": web(start, port=3000),
    }
    return a_service(**{**_NODE, **given, "start_command": start, **changes})


def site(manager: str, *files: str, **changes: object) -> ServicePlan:
    return a_service(
        **{**NODE_SPA, "package_manager": manager, "files": frozenset({"package.json", *files}), **changes}
    )


def go(build: str, *processes: Process, **changes: object) -> ServicePlan:
    return a_service(**{**GO_API_AND_WORKER, "build_command": build, "processes": processes, **changes})


def java(manager: str, build: str, start: str, *files: str, **changes: object) -> ServicePlan:
    given = {
        "package_manager": manager,
        "build_command": build,
        "processes": web(start, port=8080),
        "files": frozenset(files),
    }
    return a_service(**{**SPRING, **given, "start_command": start, **changes})


def own(user: str | None, **changes: object) -> ServicePlan:
    file = ExistingDockerfile(path="Dockerfile", port=80, user=user, stages=())
    return a_service(**{"dockerfile": file, "port": 80, **changes})


SERVICES: dict[str, ServicePlan] = {
    "pip": a_service(),
    "pip without requirements": python("pip", install_command=""),
    "pip with setup.py": python("pip", "requirements.txt", "setup.py"),
    "pip with pyproject": python("pip", "pyproject.toml", install_command="pip install .", runtime_version=""),
    "uv": python("uv", "pyproject.toml", "uv.lock", start="uv run uvicorn app.main:app", metrics_path="/metrics"),
    "uv with requirements": python("uv", "requirements.txt"),
    "uv member": python("uv", "pyproject.toml", "uv.lock", "services/api/pyproject.toml", path="services/api"),
    "poetry": python("poetry", "pyproject.toml", "poetry.lock", start="poetry run shop --port 8000"),
    "poetry on an old python": python("poetry", "pyproject.toml", runtime_version="3.8"),
    "pdm": python("pdm", "pyproject.toml", "pdm.lock"),
    "pipenv": python("pipenv", "Pipfile", "Pipfile.lock", start="python manage.py migrate && gunicorn -b :$PORT shop.wsgi",
                     build_command="python manage.py collectstatic --noinput", framework="django"),
    "conda": python("conda", "environment.yml", start="streamlit run app.py", framework="streamlit", health_path=None),
    "pixi": python("pixi", "pixi.toml", "pixi.lock", start="python app.py"),
    "every backing service": a_service(
        backing=("postgres", "mysql", "redis", "mongodb", "rabbitmq", "memcached", "elasticsearch", "kafka", "mssql"),
    ),
    "python worker": python("pip", "requirements.txt", port=None, health_path=None, processes=worker("python bot.py")),
    "celery": python("pip", "requirements.txt",
                     release_command="python manage.py migrate", processes=web("gunicorn shop.wsgi") + worker("celery -A shop worker") + worker("celery -A shop beat", name="beat")),
    "npm": node("npm", "package-lock.json"),
    "npm without lock": node("npm", build_command=""),
    "no package.json": node("npm", start="node server.js", build_command="", files=frozenset({"server.js"})),
    "pnpm": node("pnpm", "pnpm-lock.yaml", ".npmrc", "prisma/schema.prisma", start="pnpm start"),
    "pnpm member": node("pnpm", "pnpm-lock.yaml", "pnpm-workspace.yaml", path="apps/web"),
    "npm member": node("npm", "package-lock.json", path="apps/web"),
    "yarn": node("yarn", "yarn.lock", start="yarn start -p $PORT"),
    "yarn berry": node("yarn", "yarn.lock", ".yarnrc.yml", start="yarn run start"),
    "bun": node("bun", "bun.lock", start="bun run start", build_command="bun run build", framework="elysia"),
    "next": node("npm", "package-lock.json", framework="next"),
    "next standalone": node("npm", "package-lock.json", framework="next", start="node .next/standalone/server.js"),
    "nuxt": node("pnpm", "pnpm-lock.yaml", framework="nuxt", start="node .output/server/index.mjs"),
    "astro": node("npm", "package-lock.json", framework="astro", start="node ./dist/server/entry.mjs"),
    "vite": a_service(**NODE_SPA),
    "vite below": site("npm", "package-lock.json", path="frontend", context="frontend"),
    "docusaurus": site("pnpm", "pnpm-lock.yaml", "pnpm-workspace.yaml", framework="docusaurus", output_folder="build", path="docs"),
    "create-react-app": site("yarn", "yarn.lock", framework="create-react-app", output_folder="build"),
    "data on a volume": a_service(data=DataFile(path="instance/shop.db", folder="instance"), backing=()),
    "data beside the program": node("npm", "package-lock.json", data=DataFile(path="shop.sqlite", folder=None)),
    "built with variables": site("npm", "package-lock.json", env=(
        EnvVariable(name="VITE_API_URL", default="https://api.acme.example", built=True), EnvVariable(name="VITE_TITLE", built=True),
    )),
    "files": site("", **_FILES),
    "files below": site("", **{**_FILES, "output_folder": "public", "path": "site"}),
    "go with c": a_service(**GO_API_AND_WORKER),
    "go": go("CGO_ENABLED=0 go build -o bin/ ./cmd/api ./cmd/worker", *web("./bin/api", port=8080), *worker("./bin/worker")),
    "go by name": go("CGO_ENABLED=0 go build -o bin/jobs .", *web("jobs", port=8080)),
    "go by make": go("make build", *web("jobs --port=$PORT", port=8080)),
    "go without commands": go("", start_command="", runtime_version="1.25.0", files=frozenset({"go.mod"})),
    "go member": go("CGO_ENABLED=0 go build -o bin/api .", *web("./bin/api", port=8080), path="services/api",
                    files=frozenset({"go.work", "services/api/go.mod"})),
    "maven wrapper": a_service(**SPRING),
    "maven": java("maven", "mvn -B -DskipTests package", "java $JAVA_OPTS -jar target/*.jar", "pom.xml", runtime_version="1.8"),
    "gradle wrapper": java("gradle", "", "java -jar build/libs/app-0.0.1-SNAPSHOT.jar", "build.gradle", "gradlew",
                           runtime_version="17", metrics_path="/actuator/prometheus"),
    "gradle": java("gradle", "gradle installDist", "build/install/shop/bin/shop", "build.gradle.kts", runtime_version="25"),
    "quarkus": java("maven", "./mvnw -B package", "java -jar target/quarkus-app/quarkus-run.jar", "pom.xml", "mvnw"),
    "war": java("maven", "./mvnw -B package", "java -jar target/shop-1.2.war", "pom.xml", "mvnw"),
    "class path": java("maven", "mvn -B package", 'java -cp "target/classes:target/dependency/*" com.acme.Shop', "pom.xml"),
    "java sources": java("", "", "java Main.java", "Main.java"),
    "maven module": java("maven", "../mvnw -B package", "java -jar target/app-1.0-jar-with-dependencies.jar", "mvnw", path="app"),
    "own as root": own(None),
    "own by name": own("app"),
    "own by number": own("1001:0"),
    "hostile python": python("pip", "requirements.txt", start=HOSTILE, build_command=HOSTILE, install_command=HOSTILE, release_command=HOSTILE,
                             health_path='/x"\n- a: b', metrics_path=HOSTILE, path='a b/$(x)"',
                             env=(EnvVariable(name='A"; B', default=HOSTILE), EnvVariable(name="OK", default=HOSTILE))),
    "hostile node": node("npm", start=HOSTILE, build_command=HOSTILE, path='a b/$(x)"', context='a b/$(x)"'),
    "hostile site": site("npm", output_folder='d "x" $y', path="a b"),
    "hostile go": go(HOSTILE, *web(HOSTILE), *worker('bin/x"y z')),
    "hostile java": java("gradle", HOSTILE, "java -jar target/$(id)'\"`.jar"),
}  # fmt: skip
