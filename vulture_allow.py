"""Names that live through frameworks, templates or promises to users, so that the search for dead code knows them.

Each group says who reads it. Delete a name here together with the name itself.
"""

from types import SimpleNamespace

_ = SimpleNamespace()

# read by the framework that asks for it
_.__getattr__

# read by the packs that later issues bring (ARCHITECTURE: "decided now")
(
    _.deadline,
    _.compensation,
    _.idempotent,
    _.approval,
    _.SERVER,
    _.reveal,
    _.summary,
    _.plan_blob,
    _.made_at,
)

# promised to users by CONTRACT
_.log_action, _.get_audit_trail, _.v, _.FACT_NAMES

# read by templates
(
    _.metric,
    _.threshold,
    _.periods,
    _.statistic,
    _.certificate,
    _.cpu,
    _.cpu_limit,
    _.memory,
    _.memory_limit,
    _.protected,
)
(
    _.protection,
    _.handler,
    _.cloud,
    _.oidc,
    _.probes,
    _.service_name,
    _.using,
    _.healthy,
    _.healthcheck,
    _.highest,
)

# set for pydantic, the SQLite driver, expat and PyYAML
(
    _.model_config,
    _.isolation_level,
    _.buffer_text,
    _.StartElementHandler,
    _.EndElementHandler,
    _.CharacterDataHandler,
)
_.StartDoctypeDeclHandler, _.anchors

# kept by `asdict` into the row of a wait, and read by the hop behind it
_.carry
