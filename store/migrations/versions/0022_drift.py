"""What people changed in QuickBooks of what was sent"""

import sqlalchemy as sa
from alembic import op

import store.base

revision = '0022'
down_revision = '0021'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'drifts',
        sa.Column('record_id', sa.Integer(), nullable=False),
        sa.Column('kind', sa.String(length=8), nullable=False),
        sa.Column('state', sa.String(length=8), nullable=False),
        sa.Column('fields', store.base.EncryptedJson(), nullable=False),
        sa.Column('entity', store.base.EncryptedJson(), nullable=True),
        sa.Column('sync_token', sa.String(length=20), nullable=True),
        sa.Column('total_sent', store.base.Money(), nullable=True),
        sa.Column('total_now', store.base.Money(), nullable=True),
        sa.Column('changed_at', store.base.UtcTime(), nullable=True),
        sa.Column('changed_by', sa.String(length=100), nullable=True),
        sa.Column('found_at', store.base.UtcTime(), nullable=False),
        sa.Column('decided_at', store.base.UtcTime(), nullable=True),
        sa.Column('decided_by', sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(['record_id'], ['records.id']),
        sa.PrimaryKeyConstraint('record_id'),
    )
    op.create_index('drifts_by_state', 'drifts', ['state'])


def downgrade() -> None:
    op.drop_index('drifts_by_state', table_name='drifts')
    op.drop_table('drifts')
