"""The index by which the newest actions in a connection are found"""

from alembic import op

revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index('ix_actions_connection', 'actions', ['connection'])


def downgrade() -> None:
    op.drop_index('ix_actions_connection', table_name='actions')
