"""What documents are found by: the supplier's number, approval in Precoro, and one text that searches look in"""

import sqlalchemy as sa
from alembic import op

revision = '0026'
down_revision = '0025'
branch_labels = None
depends_on = None

SEARCHED = (
    "coalesce(number, '') || ' ' || coalesce(supplier, '') || ' ' || coalesce(idn, '')"
    " || ' ' || coalesce(qbo_number, '') || ' ' || coalesce(supplier_number, '')"
)
BEFORE = ['connection_id', 'kind', 'state', 'issued_on', 'number', 'supplier', 'idn', 'amount']
LISTED = ['connection_id', 'kind', 'state', 'issued_on', 'amount', 'approval', 'searched']


def upgrade() -> None:
    with op.batch_alter_table('records') as table:
        table.add_column(sa.Column('supplier_number', sa.String(60)))
        table.add_column(sa.Column('approval', sa.String(12)))
        table.add_column(sa.Column('approved_at', sa.DateTime(timezone=op.get_bind().dialect.name != 'sqlite')))
    is_stored = op.get_bind().dialect.name != 'sqlite'  # SQLite would write the whole table anew; the index has it anyway
    op.add_column('records', sa.Column('searched', sa.Text(), sa.Computed(SEARCHED, persisted=is_stored)))
    op.drop_index('records_listed', table_name='records')
    op.create_index('records_listed', 'records', LISTED)
    _keep_approvals()


def _keep_approvals() -> None:
    """Take over what list rows of documents say of their approval; that of failed ones may be unreadable."""
    status, approved = _shown('status'), _shown('approvalDate')
    is_sqlite = op.get_bind().dialect.name == 'sqlite'
    moment = f"datetime({approved}) || '.000000'" if is_sqlite else f'({approved})::timestamptz'
    of_documents = "kind IN ('invoice', 'purchase_order') AND state <> 'failed' AND list_row IS NOT NULL"
    op.execute(f"UPDATE records SET approved_at = {moment} WHERE {of_documents} AND coalesce({approved}, '') <> ''")
    op.execute(f"""
        UPDATE records SET approval = CASE
            WHEN {status} IN ('2', '4', '5', '11') OR {status} = '9' AND approved_at IS NOT NULL THEN 'approved'
            WHEN {status} IN ('1', '6', '9', '10') THEN 'pending'
            WHEN {status} IN ('0', '7') THEN 'draft'
            WHEN {status} = '3' THEN 'denied'
            WHEN {status} = '8' THEN 'cancelled' END
        WHERE {of_documents}
    """)


def _shown(name: str) -> str:
    """Return the expression for one value of a list row."""
    is_sqlite = op.get_bind().dialect.name == 'sqlite'
    return f"json_extract(list_row, '$.{name}')" if is_sqlite else f"(list_row::json ->> '{name}')"


def downgrade() -> None:
    op.drop_index('records_listed', table_name='records')
    op.create_index('records_listed', 'records', BEFORE)
    op.drop_column('records', 'searched')
    with op.batch_alter_table('records') as table:
        table.drop_column('approved_at')
        table.drop_column('approval')
        table.drop_column('supplier_number')
