create or replace function app.check_steps(p_category text, p_steps jsonb)
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
  v_step jsonb;
  v_after integer;
  v_last integer := -1;
begin
  if jsonb_typeof(p_steps) is distinct from 'array' or jsonb_array_length(p_steps) not between 1 and 10 then
    raise exception 'a campaign has one to ten steps' using errcode = 'VX400';
  end if;
  for v_step in select * from jsonb_array_elements(p_steps) loop
    if coalesce(v_step ->> 'after_minutes', '') !~ '^[0-9]{1,6}$' or (v_step ->> 'after_minutes')::integer > 525600 then
      raise exception 'after_minutes is a whole number from 0 to 525600, a year' using errcode = 'VX400';
    end if;
    if coalesce(v_step ->> 'channel', 'sms') not in ('sms', 'voice') then
      raise exception 'a step is sent by sms or is a call: voice' using errcode = 'VX400';
    end if;
    v_after := (v_step ->> 'after_minutes')::integer;
    if v_after <= v_last then
      raise exception 'each step comes later than the one before' using errcode = 'VX400';
    elsif v_step ->> 'template_id' is not null and not exists (
      select from public.message_templates t
      where t.org_id = app.require_org_id() and t.id::text = lower(v_step ->> 'template_id')
    ) then
      raise exception 'there is no such template' using errcode = 'VX404';
    -- Advertising in a follow_up would get around the consent that marketing needs.
    elsif not exists (
      select from public.message_templates t
      where t.org_id = app.require_org_id() and t.id::text = lower(v_step ->> 'template_id')
        and t.kind in ('follow_up', p_category)
    ) then
      raise exception 'each step needs a template of kind follow_up or, in a marketing campaign, marketing'
        using errcode = 'VX400';
    end if;
    v_last := v_after;
  end loop;
end
$$;

comment on function app.check_steps(text, jsonb) is
  'Raises VX400 unless p_steps is an array of one to ten {"after_minutes", "template_id", "channel"}, each later than the one before, at most a year, by sms (also without channel) or voice, with the clinic''s templates of a kind that the campaign''s category may send. VX404: a template that the clinic does not have.';

select app.seal('app.check_steps(text, jsonb)', null, 'app_writer');
