create or replace function app.release_phone_number(p_phone_number_id uuid)
returns uuid
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform app.require_admin();
  return app.release_line(p_phone_number_id);
end
$$;

comment on function app.release_phone_number(uuid) is
  'Gives a number up as a member wishes, see release_line. Returns the run, to wait for. Owner or admin only (VX403). VX404: no such number.';

select app.seal('app.release_phone_number(uuid)', 'app_writer', 'tenant_user');
