"""What waits of a kind is found without going through all documents"""

import sqlalchemy as sa
from alembic import op

revision = '0029'
down_revision = '0028'
branch_labels = None
depends_on = None


def upgrade() -> None:
    _recreate(['connection_id', 'kind'])


def downgrade() -> None:
    _recreate(['connection_id'])


def _recreate(columns: list[str]) -> None:
    op.drop_index('records_requested', 'records')
    op.create_index(
        'records_requested', 'records', columns,
        sqlite_where=sa.text('requested_version > handled_version OR write_back_due = 1'),
        postgresql_where=sa.text('requested_version > handled_version OR write_back_due'),
    )
