"""Documents whose twins Precoro names, while a company is adopted"""

import sqlalchemy as sa
from alembic import op

import store.base

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'named_twins',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('connection_id', sa.Integer(), nullable=False),
        sa.Column('kind', sa.String(length=20), nullable=False),
        sa.Column('precoro_id', sa.String(length=100), nullable=False),
        sa.Column('qbo_type', sa.String(length=40), nullable=False),
        sa.Column('qbo_id', sa.String(length=40), nullable=False),
        sa.Column('row', store.base.EncryptedJson(), nullable=False),
        sa.Column('entity', store.base.EncryptedJson(), nullable=True),
        sa.Column('is_looked_up', sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(['connection_id'], ['connections.id']),
        sa.PrimaryKeyConstraint('id'),
    )
    op.create_index('named_twins_each', 'named_twins', ['connection_id', 'kind', 'precoro_id'], unique=True)


def downgrade() -> None:
    op.drop_index('named_twins_each', table_name='named_twins')
    op.drop_table('named_twins')
