"""Versions, back-off and pages by the names of the field"""

import json
from datetime import datetime

import sqlalchemy as sa
from alembic import op

from store.base import UtcTime

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

COLUMNS = {
    'records': {
        'wanted': 'requested_version', 'done': 'handled_version', 'wanted_at': 'requested_at',
        'asked': 'requested_by_person', 'accepted': 'overridden_problems', 'seen': 'list_row',
    },
    'connections': {
        'rests': 'backoffs', 'rest_reason': 'backoff_reason', 'resume_at': 'backoff_until', 'looked': 'pages_read_until',
    },
    'precoro_companies': {'read_until': 'modified_read_until', 'heard_at': 'last_event_at'},
    'qbo_companies': {'looked_at': 'checked_at'},
}
BACK = 'back'


def upgrade() -> None:
    _rename({table: dict(names) for table, names in COLUMNS.items()}, ('records_wanted', 'records_requested'))
    with op.batch_alter_table('connections', schema=None) as batch_op:
        batch_op.add_column(sa.Column('backfilled_from', UtcTime(), nullable=True))
    _move(lambda pages, _: (pages.pop(BACK, None), pages))


def downgrade() -> None:
    _move(lambda pages, since: (None, {**pages, **({BACK: since.isoformat()} if since else {})}))
    with op.batch_alter_table('connections', schema=None) as batch_op:
        batch_op.drop_column('backfilled_from')
    back = {table: {new: old for old, new in names.items()} for table, names in COLUMNS.items()}
    _rename(back, ('records_requested', 'records_wanted'))


def _rename(columns, index) -> None:
    """Rename the columns; the index over what is due names two of them."""
    old_index, new_index = index
    op.drop_index(old_index, 'records')
    for table, names in columns.items():
        with op.batch_alter_table(table, schema=None) as batch_op:
            for old, new in names.items():
                batch_op.alter_column(old, new_column_name=new)
    high, low = ('requested_version', 'handled_version') if new_index == 'records_requested' else ('wanted', 'done')
    op.create_index(
        new_index, 'records', ['connection_id'], unique=False,
        sqlite_where=sa.text(f'{high} > {low} OR write_back_due = 1'),
        postgresql_where=sa.text(f'{high} > {low} OR write_back_due'),
    )


def _move(split) -> None:
    """Move the moment of the backfill between the JSON of pages and a column of its own."""
    table = sa.table(
        'connections', sa.column('id', sa.Integer), sa.column('pages_read_until', sa.Text), sa.column('backfilled_from', UtcTime())
    )
    connection = op.get_bind()
    for id_, text, since in connection.execute(sa.select(table.c.id, table.c.pages_read_until, table.c.backfilled_from)).all():
        back, pages = split(json.loads(text) if isinstance(text, str) else dict(text or {}), since)
        values = {'pages_read_until': json.dumps(pages), 'backfilled_from': datetime.fromisoformat(back) if back else None}
        connection.execute(sa.update(table).where(table.c.id == id_).values(values))
