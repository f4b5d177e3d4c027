-- Only words of ours and of the clinic's catalogue: whatever a caller dictated in one call, none of it is here to be read
-- in the next. That is why neither the summary nor a turn is among it.
create or replace function app.caller_memory(p_call_id uuid)
returns text
language sql
stable
security definer
set search_path = ''
as $$
  with earlier as (
    select e.id, e.began_at, e.outcome, e.service_ids, row_number() over (order by e.began_at desc, e.id desc) as place
    from public.organizations o
    join public.contacts k on k.org_id = o.id and k.id = app.contact_opened(p_call_id) and k.erased_at is null
    join public.call_logs c on c.org_id = o.id and c.id = p_call_id
    join public.call_logs e on e.org_id = o.id and e.contact_id = k.id and e.id <> c.id and e.began_at < c.began_at
      and e.began_at > app.now() - o.keep_memory_for
    where o.id = app.require_org_id() and o.caller_memory
      and e.status = 'ended' and e.deleted_at is null and e.direction <> 'web' and e.transcript_state <> 'pending_redaction'
      and e.outcome not in ('missed', 'failed', 'voicemail', 'spam')
    order by e.began_at desc, e.id desc
    limit 3
  )
  select coalesce((
    select app.plain_value(concat_ws(' ',
      'Last call on ' || to_char(e.began_at at time zone o.time_zone, 'FMDay, FMMonth FMDD, YYYY') || '.',
      app.outcome_sentence(e.outcome),
      (
        select 'Services spoken of lately: ' || string_agg(distinct s.name, ', ') || '.'
        from earlier l
        join public.services s on s.org_id = o.id and s.id = any (l.service_ids) and s.active
      )))
    from earlier e
    join public.organizations o on o.id = app.require_org_id()
    where e.place = 1), '')
$$;

comment on function app.caller_memory(uuid) is
  'What an agent may know of earlier calls of the one who calls: when the last was, what came of it, and which services the last three named; in words of ours, at most 200 characters. Empty unless the organisation has caller_memory on and the caller proved to be the contact (app.contact_opened), and without earlier calls within keep_memory_for. Nothing is stored for it: what is deleted or erased is forgotten.';

select app.seal('app.caller_memory(uuid)', 'app_writer', 'tenant_service');
