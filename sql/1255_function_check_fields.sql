create or replace function app.check_fields(p_fields jsonb, variadic p_known text[])
returns void
language plpgsql
immutable
set search_path = ''
as $$
declare
  v_key text;
begin
  if jsonb_typeof(p_fields) is distinct from 'object' then
    raise exception 'the fields are an object' using errcode = 'VX400';
  end if;
  select k into v_key from jsonb_object_keys(p_fields) k where k <> all (p_known) order by k limit 1;
  if found then
    raise exception 'there is no such field: %', left(v_key, 40) using errcode = 'VX400';
  end if;
end
$$;

comment on function app.check_fields(jsonb, text[]) is
  'Raises VX400 unless p_fields is an object of known fields: a misspelt field must not be dropped without a word.';

select app.seal('app.check_fields(jsonb, text[])', null, 'app_writer');
