create or replace function app.issue_event_ticket(p_hash bytea, p_stream_until timestamptz)
returns timestamptz
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_user_id uuid := app.current_user_id();
  v_now timestamptz := app.now();
begin
  if app.current_member_role() is null then
    raise exception 'only members watch an organisation' using errcode = 'VX403';
  end if;
  delete from public.event_tickets t
  where t.org_id = v_org_id and t.user_id = v_user_id and t.expires_at <= v_now;
  insert into public.event_tickets (org_id, user_id, ticket_hash, expires_at, stream_until)
  values (v_org_id, v_user_id, p_hash, v_now + interval '30 seconds', p_stream_until);
  return v_now + interval '30 seconds';
end
$$;

comment on function app.issue_event_ticket(bytea, timestamptz) is
  'Keeps the hash of a ticket that opens one stream of live events for the acting member, and returns when it runs out: in 30 seconds. p_stream_until is the end of the member''s token. Their tickets that ran out are removed. VX403 without a member.';

select app.seal('app.issue_event_ticket(bytea, timestamptz)', 'app_writer', 'tenant_user');
