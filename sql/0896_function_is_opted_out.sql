create or replace function app.is_opted_out(
  p_channel text,
  p_number text
)
returns boolean
language plpgsql
volatile
strict
set search_path = ''
as $$
declare
  v_hash bytea := app.number_hash(p_number);
begin
  return exists (
    select from public.opt_outs o
    where o.org_id = app.require_org_id() and o.channel = p_channel and o.number_hash = v_hash and o.revoked_at is null);
end
$$;

comment on function app.is_opted_out(text, text) is
  'Whether a number (or e-mail address) asked not to be reached on a channel (sms, voice, email), also when the number itself was erased since. Volatile because the first hash of a tenant makes its key.';

select app.seal('app.is_opted_out(text, text)', null, 'app_writer');
