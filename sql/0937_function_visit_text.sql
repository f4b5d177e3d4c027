create or replace function app.visit_text(
  p_kind text,
  p_language text,
  p_body text,
  p_bundle app.scheduled_bundle,
  p_dates text[],
  p_times text[],
  p_names text[],
  p_first_name text,
  p_service text,
  p_practitioner text
)
returns text
language plpgsql
immutable
set search_path = ''
as $$
declare
  -- A wording of the clinic's that has room for one visit only would swallow the others.
  v_body text := case when cardinality(p_dates) > 1 and (p_body not like '%{visits}%' or p_body like '%{code}%')
    then (app.default_template(p_kind, p_language))[2] else p_body end;
  v_fields jsonb := jsonb_build_object('clinic', (p_bundle).clinic_name, 'first_name', p_first_name, 'service', p_service,
    'practitioner', p_practitioner, 'place', coalesce((p_bundle).place, ''), 'phone', coalesce((p_bundle).clinic_phone, ''),
    'date', p_dates[1], 'time', p_times[1]);
begin
  -- Only our own places for codes count, not the same letters in somebody's name or wording.
  return app.render_text(replace(v_body, '[code]', ''), replace(v_fields::text, '[code]', '')::jsonb || jsonb_build_object(
    'code', '[code]',
    'visits', app.list_visits(p_language, p_names, p_dates, p_times, p_kind = 'confirmation' and v_body not like '%{code}%')));
end
$$;

comment on function app.visit_text(text, text, text, app.scheduled_bundle, text[], text[], text[], text, text, text) is
  'The text of a confirmation or reminder in the wording p_body; our own wording instead where several visits do not fit into it. Each visit of a confirmation has a place for its code, in {code} or else in {visits}. p_names: see app.list_visits; the single values are the first visit''s.';

select app.seal('app.visit_text(text, text, text, app.scheduled_bundle, text[], text[], text[], text, text, text)', null, 'app_writer');
