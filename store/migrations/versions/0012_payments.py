"""Payments of bills, what Precoro shows of them, and writes to either side"""

import sqlalchemy as sa
from alembic import op

import store.base

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'known_payments',
        sa.Column('qbo_company_id', sa.Integer(), nullable=False),
        sa.Column('type', sa.String(length=40), nullable=False),
        sa.Column('qbo_id', sa.String(length=40), nullable=False),
        sa.Column('number', sa.String(length=60), nullable=True),
        sa.Column('currency', sa.String(length=3), nullable=True),
        sa.Column('total', store.base.Money(), nullable=False),
        sa.Column('paid_on', sa.Date(), nullable=False),
        sa.Column('made_at', store.base.UtcTime(), nullable=True),
        sa.Column('applied', store.base.ExactJson(), nullable=False),
        sa.ForeignKeyConstraint(['qbo_company_id'], ['qbo_companies.id']),
        sa.PrimaryKeyConstraint('qbo_company_id', 'type', 'qbo_id'),
    )
    op.create_table(
        'paid_bills',
        sa.Column('qbo_company_id', sa.Integer(), nullable=False),
        sa.Column('type', sa.String(length=40), nullable=False),
        sa.Column('payment_id', sa.String(length=40), nullable=False),
        sa.Column('bill_id', sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(['qbo_company_id'], ['qbo_companies.id']),
        sa.PrimaryKeyConstraint('qbo_company_id', 'type', 'payment_id', 'bill_id'),
    )
    op.create_index('paid_bills_by_bill', 'paid_bills', ['qbo_company_id', 'bill_id'])
    op.create_table(
        'known_balances',
        sa.Column('precoro_id', sa.Integer(), nullable=False),
        sa.Column('invoice_id', sa.String(length=40), nullable=False),
        sa.Column('data', store.base.ExactJson(), nullable=False),
        sa.ForeignKeyConstraint(['precoro_id'], ['precoro_companies.id']),
        sa.PrimaryKeyConstraint('precoro_id', 'invoice_id'),
    )
    with op.batch_alter_table('connections', schema=None) as batch_op:
        batch_op.add_column(sa.Column('payments_since', store.base.UtcTime(), nullable=True))
    with op.batch_alter_table('intents', schema=None) as batch_op:
        batch_op.alter_column('qbo_id', new_column_name='entity_id')
    with op.batch_alter_table('records', schema=None) as batch_op:
        batch_op.alter_column('precoro_id', existing_type=sa.String(length=40), type_=sa.String(length=100))


def downgrade() -> None:
    with op.batch_alter_table('records', schema=None) as batch_op:
        batch_op.alter_column('precoro_id', existing_type=sa.String(length=100), type_=sa.String(length=40))
    with op.batch_alter_table('intents', schema=None) as batch_op:
        batch_op.alter_column('entity_id', new_column_name='qbo_id')
    with op.batch_alter_table('connections', schema=None) as batch_op:
        batch_op.drop_column('payments_since')
    op.drop_table('known_balances')
    op.drop_index('paid_bills_by_bill', 'paid_bills')
    op.drop_table('paid_bills')
    op.drop_table('known_payments')
