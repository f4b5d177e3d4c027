create or replace function app.expire_messages(p_before timestamptz, p_limit integer)
returns integer
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_count integer;
begin
  update public.messages m
  set content = '[expired]', subject = case when m.subject is not null then '[expired]' end, updated_at = app.now()
  where m.org_id = v_org_id and m.id = any (array(
    select o.id
    from public.messages o
    where o.org_id = v_org_id and o.created_at <= p_before and o.content not in ('[erased]', '[expired]')
      -- What may still leave keeps its words.
      and o.status <> 'queued'
    order by o.created_at
    limit p_limit
    for no key update skip locked));
  get diagnostics v_count = row_count;
  return v_count;
end
$$;

comment on function app.expire_messages(timestamptz, integer) is
  'The part of app.apply_retention about messages: subject and text become placeholders; to whom, when and with what success stays, for the trail and its limits. Returns how many.';

select app.seal('app.expire_messages(timestamptz, integer)', null, 'app_writer');
