"""Where people act from: the command line, the console or the dashboard, with the address and the session"""

import sqlalchemy as sa
from alembic import op

revision = '0027'
down_revision = '0026'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('actions') as table:
        table.add_column(sa.Column('place', sa.String(20)))
        table.add_column(sa.Column('address', sa.String(60)))
        table.add_column(sa.Column('session_id', sa.Integer()))
    with op.batch_alter_table('users') as table:
        table.add_column(sa.Column('folded_name', sa.String(300)))
    users = sa.table('users', sa.column('id', sa.Integer), sa.column('name', sa.String), sa.column('folded_name', sa.String))
    for id_, name in op.get_bind().execute(sa.select(users.c.id, users.c.name)).all():
        op.execute(sa.update(users).where(users.c.id == id_).values(folded_name=name.casefold()))
    with op.batch_alter_table('users') as table:
        table.alter_column('folded_name', existing_type=sa.String(300), nullable=False)
        table.create_unique_constraint('users_by_folded_name', ['folded_name'])


def downgrade() -> None:
    with op.batch_alter_table('users') as table:
        table.drop_constraint('users_by_folded_name', type_='unique')
        table.drop_column('folded_name')
    with op.batch_alter_table('actions') as table:
        table.drop_column('session_id')
        table.drop_column('address')
        table.drop_column('place')
