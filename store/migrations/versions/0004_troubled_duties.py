"""What a duty of the clock could not deal with"""

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('duties', schema=None) as batch_op:
        batch_op.add_column(sa.Column('trouble', sa.String(length=1000), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('duties', schema=None) as batch_op:
        batch_op.drop_column('trouble')
