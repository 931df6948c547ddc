"""What gets no clear answer, and the service that a connection rests from"""

import sqlalchemy as sa
from alembic import op

import store.base

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('records', schema=None) as batch_op:
        batch_op.add_column(sa.Column('unanswered_since', store.base.UtcTime(), nullable=True))
    with op.batch_alter_table('connections', schema=None) as batch_op:
        batch_op.add_column(sa.Column('backoff_service', sa.String(length=12), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('connections', schema=None) as batch_op:
        batch_op.drop_column('backoff_service')
    with op.batch_alter_table('records', schema=None) as batch_op:
        batch_op.drop_column('unanswered_since')
