-- A parked grant becomes the credential as it is sealed, so its key is needed until then.
create or replace function app.consents_under_other_keys(p_key_id text)
returns integer
language sql
stable
security definer
set search_path = ''
as $$
  select count(*)::integer
  from public.oauth_states s
  where s.key_id <> p_key_id and (s.expires_at > app.now() or s.state in ('parked', 'refused'))
$$;

comment on function app.consents_under_other_keys(text) is
  'How many consents for calendars, of all organisations, are on their way (or still have tokens to give back) and sealed with another key than this one: minutes old, a day at most. 0: the other keys may go, as far as consents are concerned.';

select app.seal('app.consents_under_other_keys(text)', 'app_definer', 'voxanne_login');
