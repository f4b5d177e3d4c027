create or replace function app.ask_knowledge(
  p_call_id uuid,
  p_question text,
  p_model text default null,
  p_embedding extensions.vector default null,
  p_limit integer default 3
)
returns setof app.knowledge_match
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_nearest real;
begin
  return query select * from app.match_knowledge(p_question, p_model, p_embedding, p_limit);
  if found then
    update public.call_logs c
    set questions_answered = least(c.questions_answered + 1, 1000), updated_at = app.now()
    where c.org_id = app.require_org_id() and c.id = p_call_id;
  else
    select m.score into v_nearest from app.match_knowledge(p_question, p_model, p_embedding, 1, 0) m;
    perform app.note_knowledge_gap(p_call_id, p_question, v_nearest);
  end if;
end
$$;

comment on function app.ask_knowledge(uuid, text, text, extensions.vector, integer) is
  'What a caller of this call is answered from, see app.match_knowledge; the call is one in which a question was answered from then on. No rows: the documents do not say, and the question stands among the clinic''s gaps.';

select app.seal('app.ask_knowledge(uuid, text, text, extensions.vector, integer)', 'app_writer', 'tenant_service');
