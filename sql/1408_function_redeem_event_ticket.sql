create or replace function app.redeem_event_ticket(p_hash bytea)
returns setof public.event_tickets
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_ticket public.event_tickets;
begin
  -- Of two that show it at once, one finds the row.
  delete from public.event_tickets t where t.ticket_hash = p_hash returning t.* into v_ticket;
  if v_ticket.expires_at > app.now() then
    return next v_ticket;
  end if;
end
$$;

comment on function app.redeem_event_ticket(bytea) is
  'Uses a ticket up and returns whose it is; no row when it is unknown, used or ran out. Whether they are still a member is for the transaction that follows to say.';

select app.seal('app.redeem_event_ticket(bytea)', 'app_definer', 'voxanne_login');
