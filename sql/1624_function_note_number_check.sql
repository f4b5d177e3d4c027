create or replace function app.note_number_check(p_provisioning_id uuid, p_error text)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  update public.provisioning p
  set error = p_error, attempted_at = app.now(), updated_at = app.now()
  where p.org_id = app.require_org_id() and p.id = p_provisioning_id and p.state = 'active' and p.error is distinct from p_error;
  if found then
    perform app.announce('provisioning_updated', 'provisioning', p_provisioning_id);
  end if;
end
$$;

comment on function app.note_number_check(uuid, text) is
  'Keeps what a check of a working line found wrong (a word of ours; NULL: nothing), for its status. With an error there, setting the number up again goes through every step.';

select app.seal('app.note_number_check(uuid, text)', 'app_writer', 'tenant_service');
