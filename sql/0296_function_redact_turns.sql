-- All turns at once: patterns cost more to begin than to run, an answer is understood by its question ("And your date of
-- birth?"), and a name that is introduced once goes everywhere.
create or replace function app.redact_turns(p_turns text[], p_names text[])
returns text[]
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
  v_kept text[];
  v_places bigint[];
  v_turns text[];
  v_tokens text[];
  v_gaps text[];
  v_words text;
  v_folded text;
  v_introduced text[];
  v_again text[];
begin
  -- Numbers go on after a turn that only listens: without those, their parts are neighbours.
  select array_agg(t.turn order by t.position), array_agg(t.position order by t.position) into v_kept, v_places
  from unnest(p_turns) with ordinality t(turn, position)
  where not app.only_listens(t.turn);

  -- The mark between two turns is nobody's word.
  select s.p_tokens, s.p_gaps into v_tokens, v_gaps
  from app.split_words(replace(replace(array_to_string(v_kept, E'\u2029'), '¶', ''), E'\u2029', E'\n¶\n')) s;
  v_words := app.classified_words(v_tokens, v_gaps, p_names);
  v_folded := app.fold_identifiers(v_words);
  if v_folded is null then
    return p_turns;
  end if;
  v_turns := string_to_array(app.unfolded_text(v_tokens, v_gaps, v_folded), '¶');
  v_introduced := app.introduced_names(v_tokens, v_words, v_folded);

  -- What changed, and what has a name in it that was introduced elsewhere, is looked at once more. A sign that no rule
  -- crosses stands where other turns were.
  select array_agg(btrim(t.once, E'\n') order by t.position), array_agg(t.position order by t.position) into v_again, v_places
  from unnest(v_kept, v_turns, v_places) t(turn, once, position)
  where btrim(t.once, E'\n') <> btrim(t.turn, E'\n')
    or exists (select from unnest(v_introduced) n(name) where strpos(lower(t.turn), n.name) > 0);
  v_again := string_to_array(app.redact_phi(array_to_string(v_again, E'\n¶|\n'), p_names || v_introduced), '¶|');
  return (
    select array_agg(coalesce(btrim(a.text, E'\n'), t.turn) order by t.position)
    from unnest(p_turns) with ordinality t(turn, position)
    left join unnest(v_again, v_places) a(text, position) using (position)
  );
end
$$;

comment on function app.redact_turns(text[], text[]) is
  'What was said in a call, turn by turn, redacted as by app.redact_phi; names that a turn introduces go in all of them. NULL stays NULL.';

select app.seal('app.redact_turns(text[], text[])', null, 'tenant_service', 'app_writer');
