"""The first tables. Written by hand from the rooms' stores; a test compares both."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
