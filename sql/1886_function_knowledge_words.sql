-- org_id::text is how the index of words has it. Row security keeps @@ away from every index, as it does with like: see sql/0125 and app.found_ids.
create or replace function app.knowledge_words(
  p_versions uuid[],
  p_pieces bigint,
  p_config text,
  p_lexemes text[],
  p_most integer default null,
  p_sample tsvector[] default null
)
returns setof app.knowledge_word
language plpgsql
stable
rows 10
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set jit = off
set enable_seqscan = off
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_word app.knowledge_word;
  v_query tsquery;
  v_all tsquery;
  v_seen bigint := 0; -- pieces of the sample with the word
  v_pieces double precision; -- pieces with the word
  v_rare boolean := false;
begin
  v_word.text_config := p_config;
  foreach v_word.lexeme in array p_lexemes loop
    v_query := ('''' || replace(replace(v_word.lexeme, '\', '\\'), '''', '''''') || '''')::tsquery;
    if p_most is not null then
      v_seen := (select count(*) from unnest(p_sample) s where s @@ v_query);
      v_pieces := v_seen::double precision / cardinality(p_sample) * p_pieces;
    end if;
    v_word.chunk_ids := null;
    -- An index of words reads to its end before it gives anything: it is not asked for what stands nearly everywhere.
    if p_most is null or v_seen < 10 or v_pieces <= p_most then
      v_word.chunk_ids := array(
        select c.id from public.knowledge_chunks c
        where c.org_id::text = v_org_id::text and c.tsv @@ v_query and c.version_id = any (p_versions)
        limit p_most + 1);
      if cardinality(v_word.chunk_ids) > p_most then
        v_word.chunk_ids := null;
        v_pieces := greatest(v_pieces, p_most + 1);
      else
        v_pieces := cardinality(v_word.chunk_ids);
      end if;
    end if;
    v_word.weight := ln(1 + greatest(p_pieces, v_pieces) / (v_pieces + 0.5));
    v_rare := v_rare or v_pieces > 0 and v_word.chunk_ids is not null;
    v_all := case when v_pieces = 0 then v_all when v_all is null then v_query else v_all && v_query end;
    return next v_word;
  end loop;
  if not v_rare and v_all is not null then
    v_word.lexeme := null;
    v_word.weight := 0;
    v_word.chunk_ids := array(
      select c.id from public.knowledge_chunks c
      where c.org_id::text = v_org_id::text and c.tsv @@ v_all and c.version_id = any (p_versions)
      limit p_most / 10);
    return next v_word;
  end if;
end
$$;

comment on function app.knowledge_words(uuid[], bigint, text, text[], integer, tsvector[]) is
  'Where a question''s words stand in these versions of the tenant, which have p_pieces pieces, all of p_config. A word in more than p_most of them, by what p_sample of the pieces say, has no ids (p_most NULL: every word has its ids); where no word has any, there is a row without a lexeme: some pieces in which all the words stand that stand anywhere.';

select app.seal('app.knowledge_words(uuid[], bigint, text, text[], integer, tsvector[])', 'app_searcher', 'app_writer');
