"""Sessions that a company's own sign-in vouches for"""

import sqlalchemy as sa
from alembic import op

revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('user_sessions') as table:
        table.add_column(sa.Column('by_provider', sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table('user_sessions') as table:
        table.alter_column('by_provider', server_default=None)


def downgrade() -> None:
    with op.batch_alter_table('user_sessions') as table:
        table.drop_column('by_provider')
