"""Web frameworks by the packages that bring them and the modules that programs import."""

from __future__ import annotations

from dataclasses import dataclass

from fops.onboarding.detect.languages.python.code.source import Module, entry_rank
from fops.onboarding.detect.languages.python.manifests.dependencies import Dependencies
from fops.onboarding.detect.languages.python.manifests.requirements import Dependency
from fops.onboarding.model import LIKELY, STRONG, Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class Framework:
    """A web framework: the packages that mean it, what its application objects are made by, and where it listens.

    `interface` is how a server runs it: `wsgi`, `asgi`, or `own` where the framework starts itself. `port` is the
    documented default of its own server. `server` is the server its package depends on. `known_by_port`: it is reached
    at that port behind another server too, as dashboards are, whose address people know.
    """

    name: str
    packages: tuple[str, ...]
    modules: tuple[str, ...]
    makers: tuple[str, ...] = ()
    interface: str = "own"
    port: int | None = None
    server: str | None = None
    known_by_port: bool = False


FRAMEWORKS: tuple[Framework, ...] = (
    Framework(
        name="django",
        packages=("django", "djangorestframework", "django-ninja", "wagtail", "django-cms"),
        modules=("django",),
        makers=("django.core.wsgi.get_wsgi_application", "django.core.asgi.get_asgi_application"),
        interface="wsgi",
        port=8000,
    ),
    Framework(
        name="functions-framework",
        packages=("functions-framework",),
        modules=("functions_framework",),
        port=8080,
    ),
    Framework(name="streamlit", packages=("streamlit",), modules=("streamlit",), port=8501),
    Framework(name="chainlit", packages=("chainlit",), modules=("chainlit",), port=8000),
    Framework(name="reflex", packages=("reflex",), modules=("reflex",), makers=("reflex.App",), port=3000),
    Framework(name="nicegui", packages=("nicegui",), modules=("nicegui",), port=8080),
    Framework(name="panel", packages=("panel",), modules=("panel",), port=5006),
    Framework(
        name="dash",
        packages=("dash",),
        modules=("dash",),
        makers=("dash.Dash",),
        interface="wsgi",
        port=8050,
        known_by_port=True,
    ),
    Framework(
        name="fasthtml",
        packages=("python-fasthtml",),
        modules=("fasthtml",),
        makers=(
            "fasthtml.common.FastHTML",
            "fasthtml.common.fast_app",
            "fasthtml.FastHTML",
            "fasthtml.fastapp.fast_app",
        ),
        interface="asgi",
        port=5001,
        server="uvicorn",
    ),
    Framework(
        name="litestar",
        packages=("litestar", "starlite"),
        modules=("litestar", "starlite"),
        makers=("litestar.Litestar", "starlite.Starlite", "litestar.app.Litestar"),
        interface="asgi",
        port=8000,
    ),
    Framework(
        name="sanic",
        packages=("sanic",),
        modules=("sanic",),
        makers=("sanic.Sanic", "sanic.app.Sanic"),
        port=8000,
    ),
    Framework(
        name="quart",
        packages=("quart",),
        modules=("quart",),
        makers=("quart.Quart",),
        interface="asgi",
        port=5000,
        server="hypercorn",
    ),
    Framework(name="robyn", packages=("robyn",), modules=("robyn",), makers=("robyn.Robyn",), port=8080),
    Framework(
        name="blacksheep",
        packages=("blacksheep",),
        modules=("blacksheep",),
        makers=("blacksheep.Application",),
        interface="asgi",
    ),
    Framework(
        name="fastapi",
        packages=("fastapi", "fastapi-slim"),
        modules=("fastapi",),
        makers=("fastapi.FastAPI", "fastapi.applications.FastAPI"),
        interface="asgi",
        port=8000,
    ),
    Framework(name="gradio", packages=("gradio",), modules=("gradio",), port=7860),
    Framework(
        name="flask",
        packages=(
            "flask",
            "apiflask",
            "connexion",
            "eve",
            "flask-openapi3",
            "flask-restful",
            "flask-restx",
            "flask-appbuilder",
        ),
        modules=("flask", "apiflask", "connexion", "eve", "flask_openapi3"),
        makers=(
            "flask.Flask",
            "flask.app.Flask",
            "apiflask.APIFlask",
            "connexion.FlaskApp",
            "connexion.App",
            "eve.Eve",
            "flask_openapi3.OpenAPI",
        ),
        interface="wsgi",
        port=5000,
    ),
    Framework(
        name="starlette",
        packages=("starlette",),
        modules=("starlette",),
        makers=("starlette.applications.Starlette",),
        interface="asgi",
        port=8000,
    ),
    Framework(
        name="falcon",
        packages=("falcon",),
        modules=("falcon",),
        makers=("falcon.App", "falcon.API"),
        interface="wsgi",
        port=8000,
    ),
    Framework(
        name="falcon", packages=(), modules=(), makers=("falcon.asgi.App",), interface="asgi", port=8000
    ),
    Framework(
        name="bottle",
        packages=("bottle",),
        modules=("bottle",),
        makers=("bottle.Bottle", "bottle.default_app", "bottle.app"),
        interface="wsgi",
        port=8080,
    ),
    Framework(name="azure-functions", packages=("azure-functions",), modules=("azure.functions",)),
    Framework(name="google-adk", packages=("google-adk",), modules=("google.adk",), port=8000),
    Framework(name="pyramid", packages=("pyramid",), modules=("pyramid",), port=6543),
    Framework(name="cherrypy", packages=("cherrypy",), modules=("cherrypy",), port=8080),
    Framework(
        name="aiohttp", packages=(), modules=("aiohttp.web",), makers=("aiohttp.web.Application",), port=8080
    ),
    Framework(
        name="tornado",
        packages=("tornado",),
        modules=("tornado.web",),
        makers=("tornado.web.Application",),
        port=8888,
    ),
)
"""Those built on another stand before it, because it comes with them. Ports: each project's own documentation."""


def framework_of(
    dependencies: Dependencies, modules: tuple[Module, ...]
) -> tuple[Framework, Dependency | None] | None:
    """The framework of the most entry-like file that imports one; those declared count first. With the declaration.

    Where no file imports a declared one (or none can be read), the first declared is taken.
    """
    declared = {
        one.name: dependency for one in FRAMEWORKS if (dependency := dependencies.find(*one.packages))
    }
    ranked = sorted(modules, key=lambda module: entry_rank(module.path))
    imported = [
        one
        for module in ranked
        for one in FRAMEWORKS
        if any(module.imports_from(name) for name in one.modules)
    ]
    by_name = [one for one in FRAMEWORKS if one.name in declared]
    found = next((one for one in imported if one.name in declared), None) or next(
        iter(by_name or imported), None
    )
    return (found, declared.get(found.name)) if found else None


def maker_of(name: str) -> Framework | None:
    """The framework whose application objects a call of this name makes."""
    return next((one for one in FRAMEWORKS if name in one.makers), None)


def framework_fact(framework: Framework, dependency: Dependency | None, modules: tuple[Module, ...]) -> Fact:
    """The fact `framework`, resting on the declaration, else on the import."""
    if dependency:
        rule = "python.framework.dependency"
        return Fact(
            name="framework",
            value=framework.name,
            rule=rule,
            confidence=STRONG,
            file=dependency.file,
            line=dependency.line,
        )
    places = (
        (module.path, line)
        for module in modules
        for name in framework.modules
        if (line := module.imports_from(name))
    )
    file, line = next(places, (None, None))
    return Fact(
        name="framework",
        value=framework.name,
        rule="python.framework.import",
        confidence=LIKELY,
        file=file,
        line=line,
    )
