-- Keyed, because ten digits are guessed in seconds; nested, so that a hash cannot be continued to that of a longer text.
-- sha256 is in the core: no extension is needed, also on Supabase.
create or replace function app.number_hash(
  p_number text
)
returns bytea
language plpgsql
volatile
strict
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_key bytea;
begin
  select k.number_key into v_key from public.org_keys k where k.org_id = v_org_id;
  if v_key is null then
    -- Each random UUID carries 122 bits of the server's strong randomness.
    insert into public.org_keys (org_id, number_key)
    values (v_org_id, sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())))
    on conflict (org_id) do nothing;
    select k.number_key into strict v_key from public.org_keys k where k.org_id = v_org_id;
  end if;
  return sha256(v_key || sha256(v_key || convert_to(lower(p_number), 'UTF8')));
end
$$;

comment on function app.number_hash(text) is
  'The tenant''s keyed hash of a phone number (E.164) or e-mail address, letters'' case aside: recognises it after the number itself was erased. The key is made at first use and never leaves the database. Another tenant''s hash of the same number differs. NULL gives NULL.';

select app.seal('app.number_hash(text)', null, 'app_writer');
