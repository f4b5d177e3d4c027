create or replace function app.check_template(p_kind text, p_body text, p_subject text default null)
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
  v_allowed text[] := app.template_fields(p_kind);
  v_named text[] := array(select m[1] from regexp_matches(p_body, '[{]([^{}]*)[}]', 'g') m);
  v_unknown text;
begin
  if v_allowed is null then
    raise exception 'there is no such kind of template' using errcode = 'VX400';
  elsif char_length(coalesce(btrim(p_body), '')) not between 1 and 1000 or char_length(p_subject) > 150 then
    raise exception 'a template has 1 to 1000 characters, its subject up to 150' using errcode = 'VX400';
  elsif app.message_text_refusal(p_kind, 'sms', regexp_replace(btrim(p_body), '[{][^{}]*[}]', '', 'g')) = 'too_long' then
    raise exception 'this is longer than a text may be: 160 characters for follow_up and marketing, 480 for the rest'
      using errcode = 'VX400';
  -- A subject is read on a locked screen, and goes to addresses that were only said.
  elsif replace(p_subject, '{clinic}', '') ~ '[{][^{}]*[}]' then
    raise exception 'a subject has no other field than {clinic}' using errcode = 'VX400';
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
  'Raises VX400 unless the wording fits its kind: not empty and, its fields aside, no longer than such a text may be, see app.message_text_refusal; no field that the kind has not (the message names those it has), and {code} where the text is about nothing else; a subject of up to 150 characters with no field but {clinic}.';

select app.seal('app.check_template(text, text, text)', null, 'app_writer');
