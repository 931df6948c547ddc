"""Tie-out reports"""

import sqlalchemy as sa
from alembic import op

import store.base

revision = '0023'
down_revision = '0022'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'tie_out_reports',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('connection_id', sa.Integer(), nullable=False),
        sa.Column('task_id', sa.Integer(), nullable=True),
        sa.Column('first_day', sa.Date(), nullable=False),
        sa.Column('last_day', sa.Date(), nullable=False),
        sa.Column('who', sa.String(length=200), nullable=False),
        sa.Column('state', sa.String(length=10), nullable=False),
        sa.Column('reason', sa.String(length=1000), nullable=True),
        sa.Column('began_at', store.base.UtcTime(), nullable=False),
        sa.Column('ended_at', store.base.UtcTime(), nullable=True),
        sa.Column('readings', store.base.ExactJson(), nullable=False),
        sa.Column('equations', store.base.ExactJson(), nullable=False),
        sa.Column('counts', store.base.ExactJson(), nullable=False),
        sa.Column('digest', sa.String(length=64), nullable=True),
        sa.Column('is_trimmed', sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(['connection_id'], ['connections.id']),
        sa.PrimaryKeyConstraint('id'),
        sa.UniqueConstraint('task_id')
    )
    op.create_index('tie_out_reports_of_connection', 'tie_out_reports', ['connection_id', 'id'])
    op.create_table(
        'tie_out_accounts',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('report_id', sa.Integer(), nullable=False),
        sa.Column('basis', sa.String(length=10), nullable=False),
        sa.Column('ledger', sa.String(length=8), nullable=False),
        sa.Column('currency', sa.String(length=3), nullable=False),
        sa.Column('party', sa.String(length=60), nullable=False),
        sa.Column('supplier', sa.String(length=600), nullable=False),
        sa.Column('approved', store.base.Money(), nullable=False),
        sa.Column('effects', store.base.ExactJson(), nullable=False),
        sa.Column('quickbooks', store.base.Money(), nullable=False),
        sa.Column('residual', store.base.Money(), nullable=False),
        sa.ForeignKeyConstraint(['report_id'], ['tie_out_reports.id']),
        sa.PrimaryKeyConstraint('id')
    )
    op.create_index('tie_out_accounts_of_report', 'tie_out_accounts', ['report_id', 'basis', 'supplier'])
    op.create_table(
        'tie_out_documents',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('report_id', sa.Integer(), nullable=False),
        sa.Column('kind', sa.String(length=20), nullable=False),
        sa.Column('precoro_id', sa.String(length=100), nullable=False),
        sa.Column('is_ours', sa.Boolean(), nullable=False),
        sa.Column('in_period', sa.Boolean(), nullable=False),
        sa.Column('shown', store.base.ExactJson(), nullable=False),
        sa.ForeignKeyConstraint(['report_id'], ['tie_out_reports.id']),
        sa.PrimaryKeyConstraint('id'),
        sa.UniqueConstraint('report_id', 'kind', 'precoro_id')
    )
    op.create_table(
        'tie_out_entities',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('report_id', sa.Integer(), nullable=False),
        sa.Column('type', sa.String(length=40), nullable=False),
        sa.Column('qbo_id', sa.String(length=40), nullable=False),
        sa.Column('dated', sa.Date(), nullable=False),
        sa.Column('shown', store.base.ExactJson(), nullable=False),
        sa.ForeignKeyConstraint(['report_id'], ['tie_out_reports.id']),
        sa.PrimaryKeyConstraint('id'),
        sa.UniqueConstraint('report_id', 'type', 'qbo_id')
    )
    op.create_table(
        'tie_out_rows',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('report_id', sa.Integer(), nullable=False),
        sa.Column('ledger', sa.String(length=8), nullable=False),
        sa.Column('bucket', sa.String(length=20), nullable=False),
        sa.Column('why', sa.String(length=1000), nullable=False),
        sa.Column('currency', sa.String(length=3), nullable=False),
        sa.Column('party', sa.String(length=60), nullable=False),
        sa.Column('supplier', sa.String(length=600), nullable=False),
        sa.Column('record_id', sa.Integer(), nullable=True),
        sa.Column('name', sa.String(length=60), nullable=True),
        sa.Column('number', sa.String(length=300), nullable=True),
        sa.Column('status', sa.Integer(), nullable=True),
        sa.Column('dated', sa.Date(), nullable=True),
        sa.Column('approved_on', sa.Date(), nullable=True),
        sa.Column('due_on', sa.Date(), nullable=True),
        sa.Column('precoro_id', sa.String(length=100), nullable=True),
        sa.Column('order_id', sa.String(length=100), nullable=True),
        sa.Column('is_received', sa.Boolean(), nullable=False),
        sa.Column('precoro', store.base.Money(), nullable=True),
        sa.Column('paid', store.base.Money(), nullable=True),
        sa.Column('sent', store.base.Money(), nullable=True),
        sa.Column('type', sa.String(length=40), nullable=True),
        sa.Column('qbo_id', sa.String(length=40), nullable=True),
        sa.Column('qbo_number', sa.String(length=60), nullable=True),
        sa.Column('booked_on', sa.Date(), nullable=True),
        sa.Column('quickbooks', store.base.Money(), nullable=True),
        sa.Column('balance', store.base.Money(), nullable=True),
        sa.Column('effect', store.base.Money(), nullable=False),
        sa.Column('rate_difference', store.base.Money(), nullable=True),
        sa.Column('by_date', sa.Boolean(), nullable=False),
        sa.Column('by_approval', sa.Boolean(), nullable=False),
        sa.Column('by_booking', sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(['report_id'], ['tie_out_reports.id']),
        sa.PrimaryKeyConstraint('id')
    )
    op.create_index('tie_out_rows_by_bucket', 'tie_out_rows', ['report_id', 'bucket', 'id'])


def downgrade() -> None:
    op.drop_index('tie_out_rows_by_bucket', table_name='tie_out_rows')
    op.drop_table('tie_out_rows')
    op.drop_table('tie_out_entities')
    op.drop_table('tie_out_documents')
    op.drop_index('tie_out_accounts_of_report', table_name='tie_out_accounts')
    op.drop_table('tie_out_accounts')
    op.drop_index('tie_out_reports_of_connection', table_name='tie_out_reports')
    op.drop_table('tie_out_reports')

