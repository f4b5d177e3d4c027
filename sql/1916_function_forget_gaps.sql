create or replace function app.forget_gaps(p_call_ids uuid[])
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_gap public.knowledge_gaps;
  v_left uuid[];
  v_times integer;
begin
  for v_gap in
    select * from public.knowledge_gaps g where g.org_id = v_org_id and g.call_ids && p_call_ids order by g.id for no key update
  loop
    v_left := array(select i from unnest(v_gap.call_ids) with ordinality c (i, place) where i <> all (p_call_ids) order by c.place);
    v_times := v_gap.times_asked - cardinality(v_gap.call_ids) + cardinality(v_left);
    if v_times <= 0 then
      delete from public.knowledge_gaps g where g.org_id = v_org_id and g.id = v_gap.id;
    else
      update public.knowledge_gaps g
      set call_ids = v_left, times_asked = v_times,
        -- The wording is the last caller's; the words without order are what several said.
        question = case when g.last_call_id = any (p_call_ids) then g.topic else g.question end,
        last_call_id = case when g.last_call_id = any (p_call_ids) then null else g.last_call_id end
      where g.org_id = v_org_id and g.id = v_gap.id;
    end if;
  end loop;
end
$$;

comment on function app.forget_gaps(uuid[]) is
  'Takes calls out of the questions that found nothing: one that only they asked goes, one that others asked too keeps its topic and loses their wording.';

select app.seal('app.forget_gaps(uuid[])', null, 'app_writer');
