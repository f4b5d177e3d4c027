create or replace function app.note_code(
  p_subject_id uuid,
  p_version integer,
  p_code_hash bytea
)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  update public.identity_codes c
  set code_hash = p_code_hash
  where c.org_id = app.require_org_id()
    and (c.kind = 'texted' and c.id = p_subject_id
      -- Of two codes written for one visit the later one counts, whichever is noted last.
      or c.kind = 'confirmation' and c.appointment_id = p_subject_id and exists (
        select from public.appointments a
        where a.org_id = c.org_id and a.id = c.appointment_id and a.code_version = p_version));
end
$$;

comment on function app.note_code(uuid, integer, bytea) is
  'Keeps the keyed hash of a code that a text now carries; from here on it proves who calls, and the one before it no more. p_subject_id, p_version: an entry of app.take_scheduled''s code_subjects and code_versions; an outdated version changes nothing.';

select app.seal('app.note_code(uuid, integer, bytea)', 'app_writer', 'tenant_service');
