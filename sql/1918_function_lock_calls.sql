-- Jobs that copy a recording hold its row when they write the call's state: so the recordings first, then the calls.
create or replace function app.lock_calls(p_call_ids uuid[])
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
begin
  perform from public.recordings r where r.org_id = v_org_id and r.call_id = any (p_call_ids) order by r.id for update;
  perform from public.call_logs c where c.org_id = v_org_id and c.id = any (p_call_ids) order by c.id for no key update;
end
$$;

comment on function app.lock_calls(uuid[]) is
  'Locks the rows of calls whose words are about to go, and of their recordings, in the order that all keep. After app.lock_call and the rows of contacts, before what hangs on a call.';

select app.seal('app.lock_calls(uuid[])', null, 'app_writer');
