create or replace function app.template_fields(
  p_kind text
)
returns text[]
language plpgsql
immutable
set search_path = ''
as $$
begin
  return case p_kind
    when 'confirmation' then
      '{clinic,first_name,date,time,visits,code,service,practitioner,place,phone}'::text[]
    when 'reminder' then '{clinic,first_name,date,time,visits,service,practitioner,place,phone}'
    -- Goes to a number that somebody said: nothing in it may tell who the patient is or what for.
    when 'neutral_confirmation' then '{clinic,date,time,visits}'
    when 'missed_call' then '{clinic,phone}'
    when 'code' then '{clinic,code}'
    when 'follow_up' then '{clinic,first_name,phone}'
    when 'marketing' then '{clinic,first_name,phone}'
  end;
end
$$;

comment on function app.template_fields(text) is
  'The fields that a kind of template may name, without the braces. NULL: there is no such kind.';

select app.seal('app.template_fields(text)', null, 'app_writer', 'tenant_user');
