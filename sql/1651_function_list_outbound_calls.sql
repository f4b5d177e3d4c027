create or replace function app.list_outbound_calls(
  p_page integer,
  p_limit integer,
  p_state text default null,
  p_kind text default null,
  p_contact_id uuid default null
)
returns setof app.outbound_call_row
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_total bigint;
  v_span app.page_span;
  v_ids uuid[];
begin
  select count(*) into v_total
  from (
    select from public.outbound_calls c
    where c.org_id = v_org_id and (p_state is null or c.state = p_state) and (p_kind is null or c.kind = p_kind)
      and (p_contact_id is null or c.contact_id = p_contact_id)
    limit 50001
  ) counted;
  v_span := app.page_span(v_total, v_total > 50000, p_page, p_limit);
  if v_span.from_end then
    v_ids := array(
      select x.id
      from (
        select c.id, c.created_at
        from public.outbound_calls c
        where c.org_id = v_org_id and (p_state is null or c.state = p_state) and (p_kind is null or c.kind = p_kind)
          and (p_contact_id is null or c.contact_id = p_contact_id)
        order by c.created_at, c.id
        limit v_span.take offset v_span.skip
      ) x
      order by x.created_at desc, x.id desc);
  else
    v_ids := array(
      select c.id
      from public.outbound_calls c
      where c.org_id = v_org_id and (p_state is null or c.state = p_state) and (p_kind is null or c.kind = p_kind)
        and (p_contact_id is null or c.contact_id = p_contact_id)
      order by c.created_at desc, c.id desc
      limit v_span.take offset v_span.skip);
  end if;
  return query select r.* from app.outbound_calls_shown(v_ids, least(v_total, 50000), v_total > 50000) r;
end
$$;

comment on function app.list_outbound_calls(integer, integer, text, text, uuid) is
  'A page of the calls that the clinic makes or made, the newest wish first. NULL filters nothing; p_state and p_kind are words of outbound_calls. Every member may look.';

select app.seal('app.list_outbound_calls(integer, integer, text, text, uuid)', 'app_writer', 'tenant_user');
