create or replace function app.folded_span(p_span text, p_kind text)
returns text
language sql
immutable
strict
parallel safe
set search_path = ''
as $$
  select case p_kind
    when 'stays' then repeat(' _', array_length(string_to_array(p_span, ' '), 1) - 1)
    else ' [' || p_kind || repeat(' =', array_length(string_to_array(p_span, ' '), 1) - 2)
  end
$$;

comment on function app.folded_span(text, text) is
  'As many words as a span has, each preceded by a blank, that no further rule matches: "[kind" and "=" for what goes, "_" for what stays.';

select app.seal('app.folded_span(text, text)', null, 'tenant_service', 'app_writer');
