"""Addresses, second factors and identities of an account are told of in the history.

In each organisation that the account opens, and of an identity in that of its provider;
by number and kind alone: no address stands there, and nothing that is secret.
"""

from django.db import migrations

KEEP = """
CREATE FUNCTION accounts_keep_way_in() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    acting TEXT[] := string_to_array(current_setting('preceptor.acting', true), '|');
    was jsonb := to_jsonb(OLD);
    is_now jsonb := to_jsonb(NEW);
    whose bigint := COALESCE(is_now, was) ->> 'user_id';
    own_code text := COALESCE(is_now, was) ->> 'provider';
    names text[] := TG_ARGV[1]::text[];
BEGIN
    INSERT INTO accounts_historyentry (at, organisation_id, kind, what, row_id, verb,
        person_id, actor_id, request, through, before, after)
    SELECT now(), m.organisation_id, 'people', TG_ARGV[0],
        (COALESCE(is_now, was) ->> 'id')::bigint,
        CASE TG_OP WHEN 'INSERT' THEN 'added' WHEN 'DELETE' THEN 'removed'
            ELSE 'changed' END,
        m.id, actor.id, COALESCE(acting[2], ''),
        COALESCE(acting[3], 'sql ' || session_user),
        (SELECT jsonb_object_agg(name, was -> name) FROM unnest(names) name
            WHERE was IS NOT NULL
            AND (is_now IS NULL OR was -> name IS DISTINCT FROM is_now -> name)),
        (SELECT jsonb_object_agg(name, is_now -> name) FROM unnest(names) name
            WHERE is_now IS NOT NULL
            AND (was IS NULL OR was -> name IS DISTINCT FROM is_now -> name))
    FROM accounts_membership m
    LEFT JOIN accounts_membership actor ON actor.organisation_id = m.organisation_id
        AND actor.user_id = NULLIF(acting[1], '')::bigint
    WHERE m.user_id = whose AND m.is_active
        AND (own_code IS NULL OR EXISTS (SELECT FROM signing_in_provider p
            WHERE p.organisation_id = m.organisation_id AND p.code = own_code));
    RETURN NULL;
END $$;

CREATE TRIGGER accounts_way_in_address AFTER INSERT OR DELETE ON account_emailaddress
    FOR EACH ROW EXECUTE FUNCTION accounts_keep_way_in(
        'account.emailaddress', '{verified,primary}');
CREATE TRIGGER accounts_way_in_address_changed AFTER UPDATE ON account_emailaddress
    FOR EACH ROW WHEN (OLD.verified IS DISTINCT FROM NEW.verified
        OR OLD."primary" IS DISTINCT FROM NEW."primary"
        OR OLD.email IS DISTINCT FROM NEW.email)
    EXECUTE FUNCTION accounts_keep_way_in(
        'account.emailaddress', '{verified,primary}');
CREATE TRIGGER accounts_way_in_factor AFTER INSERT OR DELETE ON mfa_authenticator
    FOR EACH ROW EXECUTE FUNCTION accounts_keep_way_in('mfa.authenticator', '{type}');
CREATE TRIGGER accounts_way_in_identity AFTER INSERT OR DELETE
    ON socialaccount_socialaccount
    FOR EACH ROW EXECUTE FUNCTION accounts_keep_way_in(
        'socialaccount.socialaccount', '{}');
"""
UNDO = """
DROP TRIGGER accounts_way_in_address ON account_emailaddress;
DROP TRIGGER accounts_way_in_address_changed ON account_emailaddress;
DROP TRIGGER accounts_way_in_factor ON mfa_authenticator;
DROP TRIGGER accounts_way_in_identity ON socialaccount_socialaccount;
DROP FUNCTION accounts_keep_way_in();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_when_members_left"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("mfa", "0003_authenticator_type_uniq"),
        ("socialaccount", "0006_alter_socialaccount_extra_data"),
    ]

    operations = [migrations.RunSQL(KEEP, UNDO)]
