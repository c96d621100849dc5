from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from factories.plans import a_fact, a_plan, a_service
from factories.services import HOSTILE, SERVICES, go, java, node, own, python, site, web, worker
from fops.onboarding.generate import container
from fops.onboarding.generate.container.commands import (
    by_npm,
    exec_form,
    in_environment,
    kubernetes_words,
    needs_init,
)
from fops.onboarding.generate.container.runtime import runtime
from fops.onboarding.model import EnvVariable, Target


def image(service) -> str:
    return next(item.text for item in container.artifacts(a_plan(service)) if "Dockerfile" in item.path)


def instructions(text: str, keyword: str) -> list[str]:
    joined = text.replace("\\\n", " ")
    return [line.split(" ", 1)[1].strip() for line in joined.splitlines() if line.startswith(f"{keyword} ")]


@pytest.mark.parametrize("service", SERVICES.values(), ids=SERVICES)
def test_every_image_runs_as_a_numbered_user_without_privileges(service):
    for item in container.artifacts(a_plan(service)):
        if "Dockerfile" in item.path:
            assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", instructions(item.text, "USER")[-1])


@pytest.mark.parametrize("service", SERVICES.values(), ids=SERVICES)
def test_every_base_image_has_an_exact_version(service):
    for item in container.artifacts(a_plan(service)):
        bases = instructions(item.text, "FROM") if "Dockerfile" in item.path else []
        assert all(base == "scratch" or re.search(r":\d|:8u", base) for base in bases), bases


@pytest.mark.parametrize("service", SERVICES.values(), ids=SERVICES)
def test_every_start_command_is_in_list_form(service):
    for item in container.artifacts(a_plan(service)):
        commands = instructions(item.text, "CMD") if "Dockerfile" in item.path else []
        assert all(isinstance(json.loads(command), list) for command in commands)


@pytest.mark.parametrize("service", SERVICES.values(), ids=SERVICES)
def test_every_file_rests_on_a_fact_and_the_same_plan_gives_the_same_bytes(service):
    plan = a_plan(service)

    made = list(container.artifacts(plan))

    assert all(item.facts and item.reason for item in made)
    assert [item.text for item in made] == [item.text for item in container.artifacts(plan)]


@pytest.mark.parametrize("service", SERVICES.values(), ids=SERVICES)
def test_only_files_that_exist_are_copied_before_the_whole_program(service):
    for item in container.artifacts(a_plan(service)):
        copies = instructions(item.text.partition("COPY . .")[0], "COPY") if "Dockerfile" in item.path else []
        for copy in copies:
            for source in copy.split()[:-1]:
                if source == ".":
                    continue
                known = source in service.files or any(
                    path.startswith(f"{source}/") for path in service.files
                )
                assert known or source.startswith(("--", "nginx")) or "/" in source or "[" in source, source


def test_another_target_than_kubernetes_gets_no_image():
    assert list(container.artifacts(a_plan(target=Target.STATIC))) == []


@pytest.mark.parametrize(
    ("manager", "expected"),
    [
        ("uv", "uv sync --frozen --no-dev --no-editable"),
        ("poetry", "poetry install --no-interaction --only main"),
        ("pdm", "pdm install --prod --frozen-lockfile --no-editable"),
        ("pipenv", "pipenv sync"),
        ("pip", "pip install --requirement requirements.txt"),
    ],
)
def test_python_dependencies_come_from_the_package_managers_lock(manager, expected):
    assert expected in image(SERVICES[manager])


def test_a_python_program_without_a_lock_is_resolved_when_it_is_built():
    text = image(python("uv", "pyproject.toml"))

    assert "uv sync --no-dev" in text
    assert "--frozen" not in text
    assert "pipenv install --skip-lock" in image(python("pipenv", "Pipfile"))


def test_the_managers_own_runner_is_not_needed_in_the_image():
    assert instructions(image(SERVICES["poetry"]), "CMD") == ['["shop", "--port", "8000"]']


def test_the_project_itself_is_installed_only_where_its_own_script_starts_it():
    assert "poetry install --no-interaction --only main\n" in image(SERVICES["poetry"])
    assert "poetry install --no-interaction --only main\n" not in image(
        python("poetry", "pyproject.toml", "poetry.lock")
    )


def test_an_old_python_gets_a_tool_that_runs_on_it():
    assert "poetry==1.8.5" in image(SERVICES["poetry on an old python"])


def test_pdm_comes_with_a_dependency_it_runs_with():
    assert re.search(r"pip install --no-cache-dir pdm==\S+ hishel==1\S+ &&", image(SERVICES["pdm"]))


def test_requirements_beside_the_main_file_are_copied_too():
    text = image(python("pip", "requirements.txt", "requirements-base.txt", "constraints.txt"))

    assert "COPY requirements.txt constraints.txt requirements-base.txt ./" in text


@pytest.mark.parametrize(
    ("file", "install"),
    [
        ("requirements.txt", "pip install -r requirements.txt"),
        ("requirements/prod.txt", "pip install -r requirements/prod.txt"),
    ],
)
def test_requirements_that_include_those_of_a_folder_are_installed_where_they_lie(file, install):
    text = image(python("pip", file, "requirements/base.txt", install_command=install))

    assert text.index("COPY . .") < text.index(f"pip install --requirement {file}")


def test_the_requirements_that_the_install_command_names_are_used():
    text = image(
        python("pip", "requirements.txt", "reqs/prod.txt", install_command="pip install -r reqs/prod.txt")
    )

    assert "pip install --requirement reqs/prod.txt" in text


def django(command: str = "python manage.py collectstatic --noinput", **changes):
    env = tuple(EnvVariable(name=name, secret=True) for name in ("SECRET_KEY", "DATABASE_URL", "SENTRY_DSN"))
    given = {"framework": "django", "build_command": command, "env": env, "backing": ("postgres",), **changes}
    return python("pip", "requirements.txt", **given)


def test_djangos_build_gets_stand_ins_for_what_its_settings_demand():
    text = image(django())

    assert (
        "RUN SECRET_KEY=only-for-the-build DATABASE_URL=postgresql://app@localhost:5432/app "
        "python manage.py collectstatic --noinput\n"
    ) in text
    assert "SENTRY_DSN" not in text
    assert "only-for-the-build" not in text.partition("-slim")[2]


def test_stand_ins_of_djangos_build_reach_every_command_of_a_sequence():
    text = image(django("cd web && python manage.py collectstatic --noinput", backing=()))

    assert 'RUN ["sh", "-c", "export SECRET_KEY=only-for-the-build && cd web && python' in text


def test_a_django_build_whose_settings_have_a_key_gets_no_stand_in():
    env = (EnvVariable(name="SECRET_KEY", default="for-development", secret=True),)

    assert "RUN python manage.py collectstatic --noinput\n" in image(django(env=env))


def test_gunicorn_binds_where_it_can_be_reached():
    assert "PORT=8000" in image(python("pip", "requirements.txt", start="gunicorn app:app"))


def test_client_libraries_of_databases_are_in_the_running_image():
    assert "libmariadb3 libpq5" in image(SERVICES["every backing service"])
    assert "apt-get" not in image(python("pip", "requirements.txt", backing=()))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("npm", "npm ci"), ("npm without lock", "npm install"), ("pnpm", "pnpm install --frozen-lockfile"),
        ("yarn", "yarn install --frozen-lockfile"), ("yarn berry", "yarn install --immutable"),
        ("bun", "bun install --frozen-lockfile"),
    ],
)  # fmt: skip
def test_node_dependencies_are_installed_as_the_lock_says(name, expected):
    assert f" {expected}\n" in image(SERVICES[name])


def test_corepack_takes_the_place_of_the_yarn_that_the_image_has():
    assert "npm install --global --force corepack@" in image(SERVICES["yarn berry"])


def test_node_leaves_behind_what_only_the_build_needs():
    text = image(SERVICES["npm"])

    assert text.index("RUN npm run build") < text.index("RUN npm prune --omit=dev") < text.index("-slim")


def test_prismas_engines_find_openssl_in_the_running_image():
    assert "openssl" in image(SERVICES["pnpm"]).partition("-slim")[2]
    assert "apt-get" not in image(SERVICES["npm"])


@pytest.mark.parametrize("service", [SERVICES["pip"], SERVICES["npm"]], ids=["python", "node"])
def test_debian_packages_that_the_repository_asks_for_are_in_the_running_image(service):
    asked = {"system_packages": a_fact("system_packages", ["ffmpeg", "libgl1"])}

    assert "--no-install-recommends ffmpeg libgl1" in image(replace(service, backing=(), evidence=asked))


def test_puppeteer_runs_the_chromium_of_the_image_and_downloads_none():
    text = image(node("npm", evidence={"system_packages": a_fact("system_packages", ["chromium"])}))

    assert (
        text.index("PUPPETEER_SKIP_DOWNLOAD")
        < text.index("npm install")
        < text.index("PUPPETEER_EXECUTABLE_PATH")
    )


@pytest.mark.parametrize("name", ["workspaces", "install_reads_program"])
def test_an_install_that_reads_the_program_comes_after_it(name):
    text = image(node("npm", "package-lock.json", evidence={name: a_fact(name, ["."])}))

    assert text.index("COPY . .") < text.index("npm ci")


def test_a_program_that_listens_to_its_own_machine_by_default_is_told_to_listen_to_all():
    told = {"listen_variable": a_fact("listen_variable", "HOST")}

    assert "ENV HOST=0.0.0.0" in image(node("npm", evidence=told))


def test_a_file_that_the_start_script_reads_is_there_and_empty():
    text = image(node("npm", evidence={"settings_file": a_fact("settings_file", "config/.env")}))

    assert text.index("RUN touch config/.env") < text.index("-slim")


def test_pnpm_runs_no_script_of_the_project_after_its_tools_are_gone():
    assert "npm_config_ignore_scripts=true pnpm prune --prod" in image(SERVICES["pnpm"])


@pytest.mark.parametrize("start", ["vite preview", "npx tsx src/server.ts", "nodemon app.js"])
def test_a_start_command_of_a_development_tool_keeps_all_dependencies(start):
    assert "prune" not in image(node("npm", "package-lock.json", start=start))


def test_a_start_script_of_a_development_tool_keeps_all_dependencies():
    told = {"start_needs_development": a_fact("start_needs_development", "tsx")}

    assert "prune" not in image(node("npm", "package-lock.json", evidence=told))


def test_what_goes_before_a_release_finds_the_tools_of_development_and_the_whole_program():
    text = image(node("npm", "package-lock.json", release_command="npx prisma migrate deploy"))
    assert "prune" not in text

    nuxt = image(
        node("pnpm", framework="nuxt", start="node .output/server/index.mjs", release_command="npm run x")
    )
    assert "COPY --from=build /app/.output ./.output" not in nuxt


def test_a_go_program_that_goes_before_a_release_is_in_the_image():
    text = image(go("go build -o bin/ ./cmd/...", *web("bin/api"), release_command="bin/migrate up"))

    assert "COPY --from=build /src/bin/migrate bin/migrate" in text


def test_a_self_contained_build_is_all_that_is_copied():
    assert "COPY --from=build /app/.output ./.output" in image(SERVICES["nuxt"])
    standalone = image(SERVICES["next standalone"])
    assert "/app/.next/standalone ./" in standalone
    assert instructions(standalone, "CMD") == ['["node", "server.js"]']


def test_nexts_standalone_server_is_all_that_is_copied_where_the_script_starts_next():
    own = {"start_command": a_fact("start_command", "npm start", rule="node.start.script")}
    built = {"framework": "next", "output_folder": ".next/standalone", "start": "npm start"}

    text = image(node("npm", "package-lock.json", **built, evidence=own))

    assert instructions(text, "CMD") == ['["node", "server.js"]']
    assert "COPY --from=build --chown=1000:1000 /app/.next/standalone ./" in text
    assert "server.js" not in image(node("npm", "package-lock.json", **built, evidence={}))


def test_a_project_without_package_json_installs_nothing():
    assert "npm" not in image(SERVICES["no package.json"])


def test_a_workspace_member_is_built_from_the_workspaces_top_and_started_in_its_folder():
    text = image(SERVICES["pnpm member"])

    assert text.index("COPY . .") < text.index("pnpm install") < text.index("WORKDIR /app/apps/web")
    assert instructions(text, "WORKDIR")[-1] == "/app/apps/web"


def test_folders_that_install_scripts_read_are_there_in_time():
    text = image(SERVICES["pnpm"])

    assert text.index("COPY prisma ./prisma") < text.index("pnpm install")


def test_a_single_page_application_gets_its_page_for_unknown_paths_and_a_site_does_not():
    def nginx(service):
        return next(
            item.text for item in container.artifacts(a_plan(service)) if item.path.endswith("nginx.conf")
        )

    assert "try_files $uri $uri/ /index.html;" in nginx(SERVICES["vite"])
    assert "error_page 404 /404.html;" in nginx(SERVICES["docusaurus"])


def test_the_users_nginx_configuration_is_not_taken_for_ours():
    made = {
        item.path: item.text
        for item in container.artifacts(a_plan(SERVICES["vite"], existing=frozenset({"nginx.conf"})))
    }

    assert "nginx.fops.conf" in made
    assert "nginx.conf" not in made
    assert "COPY nginx.fops.conf /etc/nginx/conf.d/default.conf" in made["Dockerfile"]


def test_our_configuration_is_not_served_among_the_files():
    assert "RUN rm /site/nginx.conf" in image(SERVICES["files"])
    assert "COPY site/public/ /usr/share/nginx/html/" in image(SERVICES["files below"])


def test_a_go_module_in_a_folder_is_there_when_modules_are_downloaded():
    build = "CGO_ENABLED=0 go build -o bin/api ."
    alone = image(go(build, *web("./bin/api"), files=frozenset({"go.mod", "go.sum"})))
    replaced = image(go(build, *web("./bin/api"), files=frozenset({"go.mod", "go.sum", "lib/go.mod"})))

    assert "COPY go.mod go.sum ./" in alone
    assert replaced.index("COPY . .") < replaced.index("go build")
    assert "COPY go.mod" not in replaced


def test_a_bare_go_program_is_found_on_the_path():
    text = image(SERVICES["go by name"])

    assert "COPY --from=build /src/bin/jobs bin/jobs" in text
    assert "ENV PATH=/app/bin:/app:$PATH" in text


def test_static_go_programs_run_on_an_empty_image_with_certificates_and_time_zones():
    text = image(SERVICES["go"])

    assert instructions(text, "FROM")[-1] == "scratch"
    assert "/etc/ssl/certs/ca-certificates.crt" in text
    assert "zoneinfo.zip" in text
    assert "COPY --from=build /src/bin/api bin/api" in text
    assert "COPY --from=build /src/bin/worker bin/worker" in text


@pytest.mark.parametrize("name", ["go with c", "go by make", "hostile go"])
def test_a_go_program_that_needs_c_or_a_shell_runs_on_debian(name):
    assert instructions(image(SERVICES[name]), "FROM")[-1].startswith("debian:")


def test_the_go_line_of_a_module_is_a_minimum_and_takes_the_newest_patch():
    assert "FROM golang:1.25.14 AS build" in image(SERVICES["go without commands"])


def test_flags_of_the_repository_are_kept_and_only_missing_ones_added():
    text = image(go("CGO_ENABLED=0 go build -ldflags=-X=main.v=1 -o bin/api .", *web("./bin/api")))

    assert "-ldflags=-X=main.v=1 -o bin/api ." in text
    assert "-ldflags=-s" not in text


def test_a_java_archive_is_found_whatever_its_version():
    text = image(SERVICES["gradle wrapper"])

    assert "find build/libs -maxdepth 1 -name 'app-*.jar' ! -name '*-plain.jar'" in text
    assert instructions(text, "CMD") == ['["java", "-jar", "app.jar"]']


@pytest.mark.parametrize(
    ("name", "copied"),
    [
        ("quarkus", "target/quarkus-app"),
        ("gradle", "build/install/shop"),
        ("class path", "target/dependency"),
        ("war", "app.war"),
    ],
)
def test_other_java_layouts_are_copied_as_they_are(name, copied):
    assert f"./{copied}\n" in image(SERVICES[name])


@pytest.mark.parametrize(
    ("name", "base"),
    [
        ("maven wrapper", "eclipse-temurin:21.0.12.1_1-jdk"), ("maven", "maven:3.9.11-eclipse-temurin-8"),
        ("gradle wrapper", "eclipse-temurin:17.0.20.1_1-jdk"), ("gradle", "gradle:9.1.0-jdk25"),
    ],
)  # fmt: skip
def test_java_is_built_by_the_wrapper_where_there_is_one(name, base):
    assert instructions(image(SERVICES[name]), "FROM")[0] == f"{base} AS build"


def test_a_module_with_its_wrapper_above_is_built_in_its_folder():
    text = image(SERVICES["maven module"])

    assert "WORKDIR /src/app" in text
    assert "../mvnw -B package" in text


def test_a_dockerfile_that_runs_as_root_gets_a_proposal_beside_it_with_the_reason():
    (proposal,) = container.artifacts(a_plan(own(None)))

    assert proposal.path == ".fops/proposed/Dockerfile"
    assert proposal.beside == "Dockerfile"
    assert "names no user" in proposal.reason


def test_a_dockerfile_with_a_user_is_left_alone_with_its_context():
    assert list(container.artifacts(a_plan(own("1001")))) == []


def test_services_of_one_context_share_one_ignore_file():
    plan = a_plan(a_service(), site("npm", path="web", framework="vite"))

    ignored = [item for item in container.artifacts(plan) if item.path.endswith(".dockerignore")]

    assert [item.path for item in ignored] == [".dockerignore"]
    assert "**/node_modules" in ignored[0].text
    assert "**/__pycache__" in ignored[0].text


@pytest.mark.parametrize("name", [name for name in SERVICES if name.startswith("hostile")])
def test_hostile_text_stays_inside_one_argument(name):
    for item in container.artifacts(a_plan(SERVICES[name])):
        if not item.path.endswith("Dockerfile"):
            continue
        lines = [line for line in item.text.splitlines() if "rm -rf /" in line and "var/lib/apt" not in line]
        assert all('["sh", "-c", "a\\"; rm -rf /' in line for line in lines)


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("gunicorn app:app", ["gunicorn", "app:app"]),
        ("node 'a b.js'", ["node", "a b.js"]),
        ("python -c 'import a; a.run(\"x\")'", ["python", "-c", 'import a; a.run("x")']),
        ("uvicorn app:app --port ${PORT:-8000}", ["sh", "-c", "exec uvicorn app:app --port ${PORT:-8000}"]),
        ("env A=1 python app.py", ["env", "A=1", "python", "app.py"]),
        ("java -cp a/* Main", ["sh", "-c", "exec java -cp a/* Main"]),
        ("node `which x`", ["sh", "-c", "node `which x`"]),
        ("gunicorn -b :$PORT app", ["sh", "-c", "exec gunicorn -b :$PORT app"]),
        ("FOO=1 node app.js", ["sh", "-c", "exec env FOO=1 node app.js"]),
        ("python m.py migrate && gunicorn app", ["sh", "-c", "python m.py migrate && exec gunicorn app"]),
        ("cd src && node app.js", ["sh", "-c", "cd src && exec node app.js"]),
        ("a && B=1 node 'x && y'", ["sh", "-c", "a && exec env B=1 node 'x && y'"]),
        ("a && cd src", ["sh", "-c", "a && cd src"]),
        ("a && exit 1", ["sh", "-c", "a && exit 1"]),
        ("a && (b || c)", ["sh", "-c", "a && (b || c)"]),
        ("if a && b; then c; fi", ["sh", "-c", "if a && b; then c; fi"]),
        ("cd src", ["sh", "-c", "cd src"]),
        ("node 'unbalanced", ["sh", "-c", "exec node 'unbalanced"]),
        ("", ["sh", "-c", ""]),
    ],
)
def test_a_shell_is_used_only_for_what_only_a_shell_understands(command, words):
    assert exec_form(command) == words


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("node server.js", True), ("python -m http.server", True), ("/usr/bin/python3.13 bot.py", True), ("bun run start", True),
        ("env A=1 python app.py", True), ("A=1 node a.js", True), ("node a.js --port $PORT", True), ("waitress-serve app:app", True),
        ("npm run start", False), ("gunicorn app", False), ("uvicorn app:app", False), ("python -m gunicorn app", False),
        ("java -jar app.jar", False), ("bin/api", False), ("nodemon a.js", False), ("a && node a.js", True), ("a && gunicorn b", False),
        ("node a.js & b", False), ("", False),
    ],
)  # fmt: skip
def test_a_plain_interpreter_is_told_from_what_ends_when_it_is_asked_to(command, expected):
    assert needs_init(command) is expected


def test_kubernetes_does_not_replace_what_the_shell_should():
    assert kubernetes_words("echo $(date)") == ["sh", "-c", "echo $$(date)"]


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("pnpm start", "npm run start"), ("yarn run start:prod", "npm run start:prod"), ("yarn start -p 3", "npm run start -- -p 3"),
        ("pnpm exec next start", "npx --no next start"), ("pnpm --filter web start", "pnpm --filter web start"),
        ("yarn build && yarn start", "yarn build && yarn start"), ("npm start", "npm start"), ("node app.js", "node app.js"),
    ],
)  # fmt: skip
def test_a_script_of_another_manager_is_started_by_npm(command, expected):
    assert by_npm(command) == expected


@pytest.mark.parametrize(
    "runner", ["poetry run ", "uv run ", "pdm run ", "pipenv run ", "conda run -n shop "]
)
def test_environment_runners_are_left_out(runner):
    assert in_environment(f"{runner}gunicorn app") == "gunicorn app"


def test_a_manager_that_the_start_command_still_needs_is_in_the_running_image():
    text = image(node("pnpm", "pnpm-lock.yaml", start="pnpm --filter web start"))

    assert text.rindex("npm install --global pnpm@") > text.index("-slim")


@pytest.mark.parametrize(
    ("service", "user", "restricted"),
    [
        (a_service(), 10001, True), (SERVICES["npm"], 1000, True), (SERVICES["vite"], 101, True), (own(None), None, False),
        (own("0:0"), None, False), (own("app"), None, False), (own("node"), 1000, True), (own("1001:0"), 1001, True),
        (own("$UID"), None, False),
    ],
)  # fmt: skip
def test_the_user_of_an_image_is_a_number_or_not_known(service, user, restricted):
    assert (runtime(service).user, runtime(service).restricted) == (user, restricted)


def test_the_users_dockerfile_decides_the_port():
    assert runtime(own("1001")).port == 80


def test_jar_of_a_worker_beside_the_web_process_keeps_the_builds_layout():
    both = java("maven", "./mvnw -B package", "java -jar target/a.jar", "mvnw", processes=web("java -jar target/a.jar")
                + worker("java -cp target/a.jar com.acme.Worker"))  # fmt: skip

    assert "COPY --from=build /src/target ./target" in image(both)


@pytest.mark.verify
def test_hadolint_has_nothing_to_say(tmp_path):
    hadolint = Path(sys.prefix, "bin", "hadolint")
    if not hadolint.exists():
        pytest.skip("hadolint is not installed: pip install fops[verify]")
    files = [
        write(tmp_path / str(number), item)
        for number, service in enumerate(SERVICES.values())
        for item in container.artifacts(a_plan(service))
        if "Dockerfile" in item.path
    ]

    done = subprocess.run([hadolint, *files], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout) == (0, "")


def write(folder: Path, item) -> Path:
    path = folder / item.path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(item.text, encoding="utf-8")
    return path


def test_hostile_text_is_really_hostile():
    assert "\n" in HOSTILE
    assert HOSTILE.endswith("\\")


def by_custom(package: str = "uvicorn", rule: str = "python.start.uvicorn") -> dict[str, object]:
    """The evidence of a start command whose server nothing declares."""
    return {
        "server_package": a_fact("server_package", package, rule="python.start.uvicorn"),
        "start_command": a_fact("start_command", "uvicorn main:app", rule=rule),
    }


@pytest.mark.parametrize(
    ("manager", "files", "line"),
    [
        ("pip", ["requirements.txt"], r"pip install uvicorn==\d[\d.]+"),
        ("poetry", ["pyproject.toml", "poetry.lock"], r"pip install uvicorn==\d[\d.]+"),
        ("uv", ["pyproject.toml", "uv.lock"], r"uv pip install uvicorn==\d[\d.]+"),
        ("conda", ["environment.yml"], r"micromamba install .*--channel conda-forge uvicorn"),
        ("pixi", ["pixi.toml"], "pixi add uvicorn"),
    ],
)
def test_a_server_that_nothing_declares_is_installed_after_what_is_declared(manager, files, line):
    runs = instructions(image(python(manager, *files, evidence=by_custom())), "RUN")
    at = next(number for number, run in enumerate(runs) if re.search(rf"(?:^|\s){line}$", run))
    assert at > next(number for number, run in enumerate(runs) if re.search(r"install|sync|create", run))


def test_a_server_is_added_by_the_same_instruction_that_installs_after_the_program_was_copied():
    listed = python(
        "pip",
        "requirements/base.txt",
        evidence=by_custom(),
        install_command="pip install -r requirements/base.txt",
    )
    run = instructions(image(listed), "RUN")[1]
    assert re.search(
        r"pip install --requirement requirements/base.txt\s+&& pip install uvicorn==[\d.]+$", run
    )


def test_the_release_of_an_added_server_runs_on_the_services_own_python():
    old = python("pip", "requirements.txt", runtime_version="3.8", evidence=by_custom())
    assert "uvicorn==0.33.0" in image(old)


@pytest.mark.parametrize("evidence", [by_custom(rule="set"), by_custom("left-pad"), {}])
def test_no_server_is_added_where_another_start_was_given_or_the_package_is_none(evidence):
    assert "declares no server" not in image(python("pip", "requirements.txt", evidence=evidence))


@pytest.mark.parametrize(
    "install", ["conda env update --name base --file conda.yml", "conda-lock install --name base conda.yml"]
)
def test_a_conda_image_is_made_of_the_file_that_the_install_command_reads(install):
    text = image(python("conda", "conda.yml", "environment.yml", install_command=install))
    assert "micromamba create --yes --prefix /opt/conda/envs/app --file conda.yml" in text


def webapp(server: str, **changes: object):
    evidence = {
        "server_package": a_fact("server_package", server, rule="java.start.start-command"),
        "start_command": a_fact("start_command", "catalina.sh run", rule="java.start.start-command"),
    }
    return java("maven", "mvn -B package", "catalina.sh run", "pom.xml", evidence=evidence, **changes)


@pytest.mark.parametrize(
    ("server", "version", "tag"),
    [
        ("tomcat-9", "1.8", "9.0.118-jre8"),
        ("tomcat-10", "8", "10.1.59-jre11"),
        ("tomcat-10", "21", "10.1.59-jre21"),
    ],
)
def test_an_archive_for_a_servlet_container_is_unpacked_into_tomcat(server, version, tag):
    service = webapp(server, runtime_version=version, output_folder="web/target")
    text = image(service)
    assert instructions(text, "FROM")[-1] == f"tomcat:{tag}-temurin"
    assert "find web/target -maxdepth 1 -name '*.war'" in text
    assert "COPY --from=build /webapp /usr/local/tomcat/webapps/ROOT" in text
    assert runtime(service).writable[1:] == ("/usr/local/tomcat/logs", "/usr/local/tomcat/work")


def test_a_file_that_a_java_command_names_is_copied_beside_the_archive():
    text = image(
        java("maven", "mvn -B package", "java -jar target/a-1.jar server config.yml", "pom.xml", "config.yml")
    )
    assert "COPY --from=build /src/config.yml ./config.yml" in text


def test_a_site_at_the_top_does_not_take_the_program_of_another_service_into_its_image():
    plan = a_plan(site("npm", path=".", framework="vite"), a_service(path="server", context="server"))

    ignored = {
        item.path: item.text for item in container.artifacts(plan) if item.path.endswith(".dockerignore")
    }

    assert "\nserver" in ignored[".dockerignore"]
    assert "\nserver" not in ignored["server/.dockerignore"]
