insert into public.oauth_states (org_id, user_id, provider, state_hash, state, ciphertext, nonce, auth_tag, key_id, account_hash, expires_at)
select c.org_id, c.id, c.provider, sha256('test-secret-state'), 'refused', c.ciphertext, c.nonce, c.auth_tag, c.key_id, c.account_hash, app.now() - interval '3 days'
from public.org_credentials c where c.provider = 'google_calendar';
