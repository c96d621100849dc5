"""Names that live through frameworks, templates or promises to users, so that the search for dead code knows them.

Each group says who reads it. Delete a name here together with the name itself.
"""

from types import SimpleNamespace

_ = SimpleNamespace()

# read by the framework that asks for it, by JSON, and by the HTTP client
_.__getattr__, _.send_400_response, _.expires_in, _.sync_auth_flow

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

# read by what carries metrics and traces
_.collect, _.on_start, _.parent_context, _.do_GET, _.version_string, _.log_message

# set for pydantic, the database drivers, zipfile, expat and PyYAML
(
    _.model_config,
    _.autocommit,
    _.compress_type,
    _.isolation_level,
    _.buffer_text,
    _.StartElementHandler,
    _.EndElementHandler,
    _.CharacterDataHandler,
)
_.StartDoctypeDeclHandler, _.anchors

# kept by `asdict` into the row of a wait, and read by the hop behind it
_.carry

# shipped for the tests of users, and of ours
_.revoke, _.fail, _.merge, _.push

# read by the HTTP server of the standard library, behind which a fake answers
(
    _.daemon_threads,
    _.protocol_version,
    _.close_connection,
    _.do_DELETE,
    _.do_PATCH,
    _.do_POST,
    _.do_PUT,
    _.log_message,
)
