"""Which purchase order has a line, so that a bill of several orders finds each of them"""

import sqlalchemy as sa
from alembic import op

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'order_lines',
        sa.Column('record_id', sa.Integer(), nullable=False),
        sa.Column('key', sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(['record_id'], ['records.id']),
        sa.PrimaryKeyConstraint('record_id', 'key'),
    )
    op.create_index('order_lines_by_key', 'order_lines', ['key'])


def downgrade() -> None:
    op.drop_index('order_lines_by_key', table_name='order_lines')
    op.drop_table('order_lines')
