"""Indexes for lists of documents, their names, and what happened to each"""

import sqlalchemy as sa
from alembic import op

revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None

LISTED = ['connection_id', 'kind', 'state', 'issued_on', 'number', 'supplier', 'idn', 'amount']


def upgrade() -> None:
    op.create_index('records_listed', 'records', LISTED)
    op.create_index('records_by_number', 'records', [sa.text('lower(number)')])
    op.create_index('records_by_idn', 'records', ['idn'])
    op.drop_index('ix_actions_connection', table_name='actions')
    op.create_index('actions_by_subject', 'actions', ['connection', 'subject'])
    op.drop_index('ix_events_subject', table_name='events')
    op.create_index('events_by_subject', 'events', ['subject', 'company'])


def downgrade() -> None:
    op.drop_index('events_by_subject', table_name='events')
    op.create_index('ix_events_subject', 'events', ['subject'])
    op.drop_index('actions_by_subject', table_name='actions')
    op.create_index('ix_actions_connection', 'actions', ['connection'])
    op.drop_index('records_by_idn', table_name='records')
    op.drop_index('records_by_number', table_name='records')
    op.drop_index('records_listed', table_name='records')
