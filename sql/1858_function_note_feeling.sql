create or replace function app.note_feeling(p_call_id uuid, p_analysis jsonb)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_words text;
  v_said double precision := case when jsonb_typeof(p_analysis -> 'sentiment_score') = 'number'
    and (p_analysis ->> 'sentiment_score')::numeric between 0 and 1 then (p_analysis ->> 'sentiment_score')::double precision end;
  v_label text := case when p_analysis ->> 'sentiment' in ('positive', 'neutral', 'negative') then p_analysis ->> 'sentiment' end;
  v_urgency text := case when p_analysis ->> 'urgency' in ('low', 'medium', 'high') then p_analysis ->> 'urgency' end;
  v_score double precision;
begin
  select app.caller_words(c.transcript) into v_words from public.call_logs c where c.org_id = v_org_id and c.id = p_call_id;
  v_score := coalesce(v_said, case v_label when 'positive' then 0.8 when 'neutral' then 0.5 when 'negative' then 0.2 end,
    app.sentiment_of_words(v_words));
  update public.call_logs c
  set sentiment_score = v_score,
    sentiment = app.sentiment_label(v_score),
    sentiment_source = case when v_score is null then null when coalesce(v_said::text, v_label) is null then 'rules' else 'analysis' end,
    urgency = coalesce(v_urgency, u.urgency),
    urgency_source = case when v_urgency is not null then 'analysis' when u.urgency is not null then 'rules' end
  from (
    -- Whoever left an urgent message said so to a tool.
    select case when exists (
      select from public.caller_messages m
      where m.org_id = v_org_id and m.call_id = p_call_id and m.urgent) then 'high' else app.urgency_of_words(v_words) end as urgency
  ) u
  where c.org_id = v_org_id and c.id = p_call_id;
end
$$;

comment on function app.note_feeling(uuid, jsonb) is
  'Notes how the caller of a call sounded and how urgent it is: as p_analysis says (sentiment, sentiment_score, urgency; what it does not say in our words counts as not said), else by the caller''s redacted words. Both stay NULL where the caller said nothing.';

select app.seal('app.note_feeling(uuid, jsonb)', null, 'app_writer');
