create or replace function app.hide_blocked_call(p_call_id uuid)
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
  update public.call_logs c
  set deleted_at = app.now(), updated_at = app.now()
  where c.org_id = app.require_org_id() and c.id = p_call_id and c.direction = 'outbound' and c.deleted_at is null
    and app.ending_of_call(c.ended_reason, false) = 'line_busy';
end
$$;

comment on function app.hide_blocked_call(uuid) is
  'Takes a call out of the lists that Vapi made although every slot was taken: it rang nobody, and is made again as another. Its row stays, so that what still comes about it finds it ended.';

select app.seal('app.hide_blocked_call(uuid)', null, 'app_writer');
