"""Remedies as words and acts"""

import json

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None

PROBLEMS = sa.table('problems', sa.column('id', sa.Integer), sa.column('remedy', sa.Text))


def upgrade() -> None:
    with op.batch_alter_table('problems', schema=None) as batch_op:
        batch_op.alter_column('remedy', existing_type=sa.String(length=2000), type_=sa.Text(), existing_nullable=False)
    _rewrite(lambda words: json.dumps({'words': words, 'acts': []}))
    with op.batch_alter_table('changes', schema=None) as batch_op:
        batch_op.add_column(sa.Column('remedy', sa.Text(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('changes', schema=None) as batch_op:
        batch_op.drop_column('remedy')
    _rewrite(lambda remedy: json.loads(remedy)['words'][:2000])
    with op.batch_alter_table('problems', schema=None) as batch_op:
        batch_op.alter_column('remedy', existing_type=sa.Text(), type_=sa.String(length=2000), existing_nullable=False)


def _rewrite(change) -> None:
    """Write every remedy anew."""
    connection = op.get_bind()
    rows = connection.execute(sa.select(PROBLEMS.c.id, PROBLEMS.c.remedy)).all()
    for id_, remedy in rows:
        connection.execute(sa.update(PROBLEMS).where(PROBLEMS.c.id == id_).values(remedy=change(remedy)))
