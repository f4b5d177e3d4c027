create or replace function app.is_listed(p_run text)
returns boolean
language plpgsql
immutable
strict
parallel safe
set search_path = ''
as $$
declare
  v_items text[] := string_to_array(btrim(p_run, ' ;,'), ' ; ');
  v_hours text[];
begin
  if p_run ~ '^(?: (?:19|20)[0-9][0-9](?: [-/])? (?:19|20)[0-9][0-9]|(?: [0-9]{1,3}(?: , [0-9]{3})+(?: [-;])*)+)$' then
    return true; -- years and thousands
  elsif p_run !~ ' [0-9]|(?:(?: [;,.-])*(?: U[0-9]| Lo| X[23])){3}' then
    -- In words without three single digits in a row: hours and minutes, unless the minutes cannot be.
    return p_run not like any (array['% Y60%', '% Y70%', '% Y80%', '% Y90%', ' U0%']);
  elsif cardinality(v_items) < 3 then
    return false;
  end if;
  select array_agg(app.digits_said(' ' || i.item) order by i.position) into v_hours
  from unnest(v_items) with ordinality i(item, position)
  where i.item ~ '^(?:[0-9]{1,2}|U[1-9]|T1[0-9]|(?:19|20)[0-9][0-9]|(?:U[1-9]|T1[0-2])(?: T1[0-9]| Y[2-5]0(?: -)?(?: U[0-9])?| U0 U[0-9]))$';
  -- The hours of a list only grow, and begin anew past noon; the digits of a number do not.
  return cardinality(v_hours) = cardinality(v_items) and not exists (
    select from generate_series(2, cardinality(v_hours)) i
    where app.minutes_said(v_hours[i]) <= app.minutes_said(v_hours[i - 1])
      and not (app.minutes_said(v_hours[i]) < 300 and app.minutes_said(v_hours[i - 1]) >= 600)
  );
end
$$;

comment on function app.is_listed(text) is
  'Whether a run of number words lists times, years or quantities: "nine, nine thirty, ten", "2024, 2025", "1,200".';

select app.seal('app.is_listed(text)', null, 'tenant_service', 'app_writer');
