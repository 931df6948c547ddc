-- What the receiver may do in the database: keep events and make records due. It reads no token, no key and no body.
-- After `tieout database upgrade`, as the owner of the tables: psql tieout -f deploy/receiver.sql
-- and once: CREATE ROLE tieout_receiver LOGIN PASSWORD '...';
GRANT SELECT, INSERT ON events TO tieout_receiver;
GRANT SELECT, INSERT, UPDATE ON records TO tieout_receiver;
GRANT SELECT ON connections, duties TO tieout_receiver;
GRANT SELECT (id, webhook_digest, old_webhook_digest), UPDATE (last_event_at) ON precoro_companies TO tieout_receiver;
GRANT SELECT (id, realm), UPDATE (changes_due) ON qbo_companies TO tieout_receiver;
GRANT USAGE ON SEQUENCE events_id_seq, records_id_seq TO tieout_receiver;
