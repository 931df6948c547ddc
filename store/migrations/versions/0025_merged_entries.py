"""Which entry of QuickBooks another one was merged into"""

import sqlalchemy as sa
from alembic import op

revision = '0025'
down_revision = '0024'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('entries', sa.Column('merged_into', sa.String(length=40), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('entries') as table:
        table.drop_column('merged_into')
