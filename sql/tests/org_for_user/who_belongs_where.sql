begin;
select plan(11);
\ir ../signing_up.psql
create function pg_temp.org(p_email text, p_token text, p_confirmed boolean, p_anonymous boolean, p_signing_up boolean) returns text language sql as $$
  select case r when 'b0000000-0000-7000-8000-000000000001' then 'harbor' else left(r::text, 0) || 'new' end
  from app.org_for_user('a0000000-0000-7000-8000-0000000000e9', p_email, p_token, p_confirmed, p_anonymous, p_signing_up) r where r is not null
$$;
select is(pg_temp.org(email, token, confirmed, anonymous, signing_up), org, says)
from (values
  ('new@patients.example', null, false, false, true, 'new', 'signing up founds'),
  ('new@patients.example', null, true, false, false, null, 'anything later does not'),
  ('new@patients.example', null, false, true, true, null, 'anonymous people found nothing'),
  ('invited@patients.example', null, false, false, true, null, 'invited, unproven, signing up: waits'),
  ('INVITED@patients.example', null, true, false, true, 'harbor', 'invited, confirmed'),
  ('invited@patients.example', 'test-secret-invitation', false, false, true, 'harbor', 'invited, with the token'),
  ('invited@patients.example', 'test-secret-invitation', false, false, false, 'harbor', 'also later'),
  ('invited@patients.example', '', false, false, true, null, 'an empty token is none'),
  ('new@patients.example', 'test-secret-invitation', true, false, false, null, 'the token of another address'),
  (null, 'test-secret-invitation', true, false, false, null, 'the token without an address'),
  ('invited@patients.example', 'test-secret-invitation', true, true, true, null, 'anonymous people join nothing')
) c (email, token, confirmed, anonymous, signing_up, org, says);
select * from finish();
rollback;
