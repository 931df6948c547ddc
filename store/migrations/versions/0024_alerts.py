"""Alerts: what people were told of, where messages go, and what is still to be sent"""

import sqlalchemy as sa
from alembic import op

import store.base

revision = '0024'
down_revision = '0023'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'alerts',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('key', sa.String(length=200), nullable=False),
        sa.Column('kind', sa.String(length=20), nullable=False),
        sa.Column('connection', sa.String(length=40), nullable=True),
        sa.Column('sentence', sa.String(length=1000), nullable=False),
        sa.Column('page', sa.String(length=300), nullable=False),
        sa.Column('records', sa.Integer(), nullable=False),
        sa.Column('amounts', store.base.ExactJson(), nullable=False),
        sa.Column('since', store.base.UtcTime(), nullable=True),
        sa.Column('begun_at', store.base.UtcTime(), nullable=False),
        sa.Column('told_at', store.base.UtcTime(), nullable=True),
        sa.Column('gone_at', store.base.UtcTime(), nullable=True),
        sa.Column('solved_at', store.base.UtcTime(), nullable=True),
        sa.PrimaryKeyConstraint('id'),
    )
    is_open = sa.text('solved_at IS NULL')
    op.create_index('one_open_alert', 'alerts', ['key'], unique=True, sqlite_where=is_open, postgresql_where=is_open)
    op.create_index('ix_alerts_connection', 'alerts', ['connection'])
    op.create_index('ix_alerts_solved_at', 'alerts', ['solved_at'])
    op.create_table(
        'alert_channels',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(length=40), nullable=False),
        sa.Column('connection_id', sa.Integer(), nullable=True),
        sa.Column('address', store.base.Encrypted(), nullable=False),
        sa.Column('title', sa.String(length=200), nullable=False),
        sa.Column('created_at', store.base.UtcTime(), nullable=False),
        sa.Column('sent_at', store.base.UtcTime(), nullable=True),
        sa.Column('failing_since', store.base.UtcTime(), nullable=True),
        sa.Column('failure', sa.String(length=300), nullable=True),
        sa.ForeignKeyConstraint(['connection_id'], ['connections.id']),
        sa.PrimaryKeyConstraint('id'),
        sa.UniqueConstraint('name'),
    )
    op.create_table(
        'alert_messages',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('channel_id', sa.Integer(), nullable=True),
        sa.Column('made_at', store.base.UtcTime(), nullable=False),
        sa.Column('title', sa.String(length=300), nullable=False),
        sa.Column('body', sa.Text(), nullable=False),
        sa.Column('attempts', sa.Integer(), nullable=False),
        sa.Column('not_before', store.base.UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(['channel_id'], ['alert_channels.id']),
        sa.PrimaryKeyConstraint('id'),
    )
    op.create_index('ix_alert_messages_channel_id', 'alert_messages', ['channel_id'])
    op.create_index('ix_alert_messages_not_before', 'alert_messages', ['not_before'])
    with op.batch_alter_table('precoro_companies') as table:
        table.add_column(sa.Column('unannounced_at', store.base.UtcTime(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('precoro_companies') as table:
        table.drop_column('unannounced_at')
    for table in ('alert_messages', 'alert_channels', 'alerts'):
        op.drop_table(table)
