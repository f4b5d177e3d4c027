create or replace function app.note_knowledge_gap(p_call_id uuid, p_question text, p_best_score real)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz;
  v_question text := left(btrim((app.redact_talk(array[left(p_question, 500)], app.names_of_call(p_call_id)))[1]), 500);
  v_topic text;
begin
  -- Whoever erases the caller holds this too: either they take the question along, or it is seen below that they were here.
  perform app.lock_call(p_call_id);
  v_now := app.now();
  v_topic := left(array_to_string(array(
    select t.lexeme
    from unnest(to_tsvector(app.clinic_text_config()::regconfig, app.fold_text(v_question))) t
    order by t.lexeme), ' '), 400);
  if coalesce(v_topic, '') = '' or app.is_forgotten(p_call_id)
    -- Nobody reads thousands; a robot that asks them must not fill the table.
    or (select count(*) >= 2000 from public.knowledge_gaps g where g.org_id = v_org_id)
      and not exists (select from public.knowledge_gaps g where g.org_id = v_org_id and g.topic = v_topic)
  then
    return;
  end if;
  insert into public.knowledge_gaps as g (org_id, topic, question, best_score, last_call_id, call_ids, first_asked_at, last_asked_at)
  values (v_org_id, v_topic, v_question, p_best_score, p_call_id, array[p_call_id], v_now, v_now)
  on conflict (org_id, topic) do update
  set question = excluded.question, best_score = excluded.best_score, last_asked_at = v_now, last_call_id = excluded.last_call_id,
    resolved_at = null, resolved_by = null,
    times_asked = g.times_asked + case when p_call_id = any (g.call_ids) then 0 else 1 end,
    call_ids = case
      when p_call_id = any (g.call_ids) then g.call_ids
      else g.call_ids[greatest(cardinality(g.call_ids) - 48, 1):] || p_call_id
    end;
end
$$;

comment on function app.note_knowledge_gap(uuid, text, real) is
  'Remembers that a caller asked what no document answers. Questions of the same words are one row; what is kept of the question is redacted. A clinic has 2000 rows at most.';

select app.seal('app.note_knowledge_gap(uuid, text, real)', null, 'app_writer');
