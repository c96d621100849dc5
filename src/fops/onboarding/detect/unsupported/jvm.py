"""JVM languages without Maven or Gradle. Sources: scala-sbt.org, mill-build.org, leiningen.org, clojure.org/deps."""

from fops.onboarding.detect.unsupported.ecosystem import Ecosystem, Sign, Version

_SYSTEM = Version(
    files=("system.properties",), pattern=r"^java\.runtime\.version\s*=\s*(?:\w+-)?(\d+(?:\.\d+)*)"
)

SCALA = Ecosystem(
    language="scala",
    package_manager="sbt",
    manifests=("build.sbt", "project/build.properties", "build.sc", "build.mill"),
    app=(
        Sign(
            files=("build.sbt", "project/plugins.sbt"),
            pattern=r"PlayScala|native-packager|sbt-assembly|mainClass|sbt-plugin|stage",
        ),
        Sign(files=("Procfile", "conf/application.conf", "src/main/resources/application.conf")),
    ),
    library=(Sign(files=("build.sbt",), pattern=r"\bpublishTo\b|\bdevelopers\s*:=|crossScalaVersions"),),
    versions=(_SYSTEM,),
    frameworks=(
        (
            "play",
            Sign(files=("build.sbt", "project/plugins.sbt"), pattern=r"PlayScala|PlayJava|\"sbt-plugin\""),
        ),
        ("akka", Sign(files=("build.sbt",), pattern=r"\"akka-http|\"pekko-http")),
    ),
)

CLOJURE = Ecosystem(
    language="clojure",
    package_manager="leiningen",
    manifests=("project.clj",),
    app=(Sign(files=("project.clj",), pattern=r":main\b|:uberjar|:ring\b"), Sign(files=("Procfile",))),
    versions=(_SYSTEM,),
)

CLOJURE_TOOLS = Ecosystem(
    language="clojure", package_manager="tools.deps", manifests=("deps.edn",), versions=(_SYSTEM,)
)

KOTLIN = Ecosystem(
    language="kotlin", programs=(Sign(files=("*.kt", "src/main.kt", "src/main/kotlin/**/*.kt")),)
)

GROOVY = Ecosystem(language="groovy", programs=(Sign(files=("*.groovy",)),))
