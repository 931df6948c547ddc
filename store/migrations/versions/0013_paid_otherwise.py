"""Payments that only the bill shows"""

import sqlalchemy as sa
from alembic import op

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('known_payments', schema=None) as batch_op:
        batch_op.add_column(sa.Column('is_from_bill', sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table('known_payments', schema=None) as batch_op:
        batch_op.alter_column('is_from_bill', server_default=None)


def downgrade() -> None:
    with op.batch_alter_table('known_payments', schema=None) as batch_op:
        batch_op.drop_column('is_from_bill')
