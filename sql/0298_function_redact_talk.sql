-- The one way in for whoever stores what people said: turns, summaries, messages taken, questions without an answer.
create or replace function app.redact_talk(p_turns text[], p_names text[])
returns text[]
language plpgsql
stable
set search_path = ''
as $$
declare
  v_turns text[] := app.redact_turns(p_turns, p_names);
begin
  if exists (
    select from public.organizations o
    where o.id = app.current_org_id() and (o.redact_medical_terms or o.hipaa_mode)) then
    v_turns := array(
      select app.redact_medical_terms(t.turn)
      from unnest(v_turns) with ordinality t(turn, position)
      order by t.position);
  end if;
  return v_turns;
end
$$;

comment on function app.redact_talk(text[], text[]) is
  'What was said, turn by turn, as the caller''s organisation keeps it: without identifiers (app.redact_turns, with the names that are known), and without medical terms where it wants none of them or is in HIPAA mode.';

select app.seal('app.redact_talk(text[], text[])', null, 'app_writer');
