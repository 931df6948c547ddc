"""When the webhook address was made, and the one before that is still valid"""

import sqlalchemy as sa
from alembic import op

import store.base

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('precoro_companies', schema=None) as batch_op:
        batch_op.add_column(sa.Column('webhook_made_at', store.base.UtcTime(), nullable=True))
        batch_op.add_column(sa.Column('old_webhook_digest', sa.String(length=64), nullable=True))
        batch_op.create_unique_constraint('uq_precoro_companies_old_webhook_digest', ['old_webhook_digest'])


def downgrade() -> None:
    with op.batch_alter_table('precoro_companies', schema=None) as batch_op:
        batch_op.drop_constraint('uq_precoro_companies_old_webhook_digest', type_='unique')
        batch_op.drop_column('old_webhook_digest')
        batch_op.drop_column('webhook_made_at')
