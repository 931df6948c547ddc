"""The day on which a document was issued, and the connection that an action was about"""

import simplejson
import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('records', schema=None) as batch_op:
        batch_op.add_column(sa.Column('issued_on', sa.Date(), nullable=True))
    with op.batch_alter_table('actions', schema=None) as batch_op:
        batch_op.add_column(sa.Column('connection', sa.String(length=40), nullable=True))
        batch_op.create_index('ix_actions_connection', ['connection'])
    _move(lambda slug, details: (details.pop('connection', None), details))


def downgrade() -> None:
    _move(lambda slug, details: (None, {**details, **({'connection': slug} if slug else {})}))
    with op.batch_alter_table('actions', schema=None) as batch_op:
        batch_op.drop_index('ix_actions_connection')
        batch_op.drop_column('connection')
    with op.batch_alter_table('records', schema=None) as batch_op:
        batch_op.drop_column('issued_on')


def _move(split) -> None:
    """Move the connection of each action between its details and a column of its own."""
    table = sa.table(
        'actions', sa.column('id', sa.Integer), sa.column('connection', sa.String), sa.column('details', sa.Text)
    )
    connection = op.get_bind()
    for id_, slug, text in connection.execute(sa.select(table.c.id, table.c.connection, table.c.details)).all():
        slug, details = split(slug, simplejson.loads(text or '{}', use_decimal=True))
        values = {'connection': slug, 'details': simplejson.dumps(details, use_decimal=True)}
        connection.execute(sa.update(table).where(table.c.id == id_).values(values))
