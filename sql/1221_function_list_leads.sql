create or replace function app.list_leads(p_limit integer)
returns setof app.lead_row
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
begin
  return query
  select k.id, k.name, k.phone, k.lead_status, k.lead_score, k.created_at, k.last_contacted_at, last_call.summary,
    k.lead_reasons, last_call.sentiment, last_call.sentiment_score
  from (
    select c.id, c.name, c.phone, c.lead_status, c.lead_score, c.created_at, c.last_contacted_at, c.lead_reasons
    from public.contacts c
    where c.org_id = v_org_id and c.lead_status in ('hot', 'warm') and c.erased_at is null
    order by c.lead_status, c.lead_score desc, c.last_contacted_at desc nulls last, c.id
    limit p_limit
  ) k
  left join lateral (
    select l.summary, l.sentiment, l.sentiment_score
    from public.call_logs l
    where l.org_id = v_org_id and l.contact_id = k.id and l.summary is not null
    order by l.created_at desc
    limit 1
  ) last_call on true
  order by k.lead_status, k.lead_score desc, k.last_contacted_at desc nulls last, k.id;
end
$$;

comment on function app.list_leads(integer) is
  'The contacts worth calling: hot before warm, then by score and by how lately they were in touch. Every member may look.';

select app.seal('app.list_leads(integer)', 'app_writer', 'tenant_user');
