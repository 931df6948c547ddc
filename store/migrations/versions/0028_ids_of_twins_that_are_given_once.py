"""An old plan to adopt never meets the rows of a newer listing under the ids of its own"""

from alembic import op

revision = '0028'
down_revision = '0027'
branch_labels = None
depends_on = None


def upgrade() -> None:
    _recreate(sqlite_autoincrement=True)


def downgrade() -> None:
    _recreate(sqlite_autoincrement=False)


def _recreate(*, sqlite_autoincrement: bool) -> None:
    """Only SQLite gives the id of a deleted row again."""
    if op.get_bind().dialect.name == 'sqlite':
        keywords = {'sqlite_autoincrement': sqlite_autoincrement}
        with op.batch_alter_table('named_twins', recreate='always', table_kwargs=keywords):
            pass
