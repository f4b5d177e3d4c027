-- The same bounds that app.message_refusal sets to texts of these kinds.
create or replace function app.called_enough(p_kind text, p_contact_id uuid, p_now timestamptz)
returns boolean
language sql
stable
set search_path = ''
as $$
  select count(*) filter (where c.created_at >= d.day) >= 1 or (p_kind = 'reminder' and count(c.id) >= 3)
  from public.organizations o
  cross join lateral (select app.local_instant((p_now at time zone o.time_zone)::date::timestamp, o.time_zone, false) as day) d
  left join public.outbound_calls c on c.org_id = o.id and c.contact_id = p_contact_id and c.kind = p_kind
    and c.created_at > p_now - interval '168 hours' and c.state <> 'cancelled' and (c.state <> 'given_up' or c.attempt > 0)
  where o.id = app.require_org_id()
$$;

comment on function app.called_enough(text, uuid, timestamptz) is
  'Whether a contact has had (or will have) as many calls of a kind as are borne: one a day of the clinic''s, and of reminders three in seven days. Calls that were taken back, or given up before the first try, do not count.';

select app.seal('app.called_enough(text, uuid, timestamptz)', null, 'app_writer');
