"""Alembic's entry: run the scripts on the connection that `upgrade` hands over, and tell its listener."""

from alembic import context

listener = context.config.attributes["listener"]
context.configure(
    connection=context.config.attributes["connection"],
    render_as_batch=True,
    on_version_apply=lambda *, step, **_rest: listener(step.up_revision_id),
)
with context.begin_transaction():
    context.run_migrations()
