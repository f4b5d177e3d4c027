create or replace function app.folded_span(p_span text, p_kind text)
returns text
language sql
immutable
strict
parallel safe
set search_path = ''
as $$
  select case
    when p_kind = 'stays' then repeat(' _', array_length(string_to_array(p_span, ' '), 1) - 1)
    when strpos(p_span, '¶') = 0 then ' [' || p_kind || repeat(' =', array_length(string_to_array(p_span, ' '), 1) - 2)
    -- Said over several turns: each keeps its own mark of what went.
    else ' [' || p_kind || replace(regexp_replace(regexp_replace(p_span, '^ [^ ]+', ''), ' [^ ¶]+', ' =', 'g'), ' ¶ =', ' ¶ [' || p_kind)
  end
$$;

comment on function app.folded_span(text, text) is
  'As many words as a span has, each preceded by a blank, that no further rule matches: "[kind" and "=" for what goes, "_" for what stays. A span over several turns is one in each.';

select app.seal('app.folded_span(text, text)', null, 'tenant_service', 'app_writer');
