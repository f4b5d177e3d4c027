create or replace function app.check_template(p_kind text, p_body text, p_subject text default null)
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
  v_allowed text[] := app.template_fields(p_kind);
  v_named text[] := array(select m[1] from regexp_matches(concat(p_body, p_subject), '[{]([^{}]*)[}]', 'g') m);
  v_unknown text;
begin
  if v_allowed is null then
    raise exception 'there is no such kind of template' using errcode = 'VX400';
  elsif char_length(coalesce(btrim(p_body), '')) not between 1 and 1000 or char_length(p_subject) > 150 then
    raise exception 'a template has 1 to 1000 characters, its subject up to 150' using errcode = 'VX400';
  end if;
  select n into v_unknown from unnest(v_named) n where n <> all (v_allowed) limit 1;
  if v_unknown is not null then
    raise exception 'there is no field {%} in a % template; there are {%}',
      left(v_unknown, 40), p_kind, array_to_string(v_allowed, '}, {') using errcode = 'VX400';
  elsif p_kind = 'code' and position('{code}' in p_body) = 0 then
    raise exception 'a code template needs the field {code}' using errcode = 'VX400';
  end if;
end
$$;

comment on function app.check_template(text, text, text) is
  'Raises VX400 unless the wording fits its kind: 1 to 1000 characters (the subject up to 150), no field that the kind has not (the message names those it has), and {code} where the text is about nothing else.';

select app.seal('app.check_template(text, text, text)', null, 'app_writer');
