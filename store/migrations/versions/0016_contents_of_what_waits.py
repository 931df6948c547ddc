"""Contents of documents that wait; those that wait now are read once more"""

import sqlalchemy as sa
from alembic import op

import store.base

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None

DOCUMENTS_THAT_WAIT = "kind IN ('purchase_order', 'invoice') AND state IN ('held', 'ready')"


def upgrade() -> None:
    op.create_table(
        'contents',
        sa.Column('record_id', sa.Integer(), nullable=False),
        sa.Column('payload', store.base.EncryptedJson(), nullable=False),
        sa.ForeignKeyConstraint(['record_id'], ['records.id']),
        sa.PrimaryKeyConstraint('record_id'),
    )
    op.execute(f'UPDATE records SET requested_version = requested_version + 1 WHERE {DOCUMENTS_THAT_WAIT}')


def downgrade() -> None:
    op.drop_table('contents')
