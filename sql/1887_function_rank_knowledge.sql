create or replace function app.rank_knowledge(
  p_question text,
  p_model text,
  p_embedding extensions.vector,
  p_limit integer,
  p_min_score real,
  p_near integer default null,
  p_most integer default null
)
returns setof app.knowledge_match
language plpgsql
stable
set search_path = ''
set plan_cache_mode = force_generic_plan
set jit = off
as $$
declare
  v_org_id uuid := app.require_org_id();
begin
  return query
  with answering as materialized (
    select v.id, coalesce(v.chunks_total, 0) as pieces, (
      select c.text_config from public.knowledge_chunks c where c.org_id = v_org_id and c.version_id = v.id limit 1) as text_config
    from public.knowledge_documents d
    join public.knowledge_versions v on v.org_id = v_org_id and v.id = d.current_version_id
    where d.org_id = v_org_id and d.active and d.deleted_at is null
  ),
  near as materialized (
    select n.chunk_id as id, n.similarity
    from app.knowledge_near(array(select a.id from answering a), p_model, p_embedding, p_near) n
  ),
  spoken as materialized (
    select a.text_config, array_agg(a.id) as versions, sum(a.pieces) as pieces,
      tsvector_to_array(to_tsvector(a.text_config::regconfig, app.fold_text(left(p_question, 1000)))) as lexemes
    from answering a
    group by a.text_config
  ),
  -- Some hundred pieces, of as many documents as there are up to a hundred, say which words stand nearly everywhere.
  samples as materialized (
    select a.text_config, array_agg(c.tsv) as pieces
    from (select * from answering order by hashtext(answering.id::text) limit 100) a
    cross join generate_series(1, (select greatest(1, 100 / count(*)) from answering)) g
    cross join lateral (
      select strip(c.tsv) as tsv from public.knowledge_chunks c
      where c.org_id = v_org_id and c.version_id = a.id and c.position = 1 + g * 7919 % greatest(a.pieces, 1)
      offset 0) c
    where p_most is not null and exists (select from spoken s where s.lexemes <> '{}')
    group by a.text_config
  ),
  -- A word that stands in few pieces says much; one that stands in none says most: nobody wrote about it.
  words as materialized (
    select w.*
    from spoken s
    left join samples e on e.text_config = s.text_config
    cross join lateral app.knowledge_words(s.versions, s.pieces, s.text_config, s.lexemes, p_most, e.pieces) w
  ),
  totals as materialized (
    select w.text_config, sum(w.weight) as weight from words w group by w.text_config
  ),
  hits as materialized (
    select h.id, w.text_config, sum(w.weight) as weight
    from words w
    cross join lateral unnest(w.chunk_ids) h (id)
    group by h.id, w.text_config
  ),
  candidates as materialized (
    select n.id from near n
    union
    (select h.id from hits h order by h.weight desc, h.id limit p_near)
    union
    select unnest(w.chunk_ids) from words w where w.lexeme is null
  ),
  -- Words that stand nearly everywhere are looked for in the candidates alone.
  common as materialized (
    select c.id, c.text_config, sum(w.weight) as weight
    from candidates k
    cross join lateral ( -- offset: one look-up for each, whatever a planner thinks of reading them all; strip: read once, not for every word
      select c.id, c.text_config, strip(c.tsv) as tsv from public.knowledge_chunks c where c.org_id = v_org_id and c.id = k.id offset 0) c
    join words w on w.text_config = c.text_config and w.chunk_ids is null
      and c.tsv @@ ('''' || replace(replace(w.lexeme, '\', '\\'), '''', '''''') || '''')::tsquery
    where p_most is not null
    group by c.id, c.text_config
  ),
  -- What words alone have found may be near as well, though not among the nearest.
  far as materialized (
    select k.id, w.similarity
    from candidates k
    cross join lateral (
      select greatest(0, 1 - nullif(w.embedding operator(extensions.<=>) p_embedding::extensions.halfvec, 'NaN'))::real as similarity
      from public.knowledge_vectors w
      where w.org_id = v_org_id and w.chunk_id = k.id and w.model = p_model
        and extensions.vector_dims(w.embedding) = extensions.vector_dims(p_embedding)
      offset 0) w
    where p_near is not null and not exists (select from near n where n.id = k.id)
  ),
  measured as materialized (
    select k.id, coalesce(n.similarity, f.similarity) as similarity,
      ((coalesce(h.weight, 0) + coalesce(c.weight, 0)) / t.weight)::real as coverage
    from candidates k
    left join near n on n.id = k.id
    left join far f on f.id = k.id
    left join hits h on h.id = k.id
    left join common c on c.id = k.id
    left join totals t on t.text_config = coalesce(h.text_config, c.text_config)
  ),
  ranked as (
    select m.*,
      case when m.similarity is not null then rank() over (order by m.similarity desc nulls last) end as by_vector,
      case when m.coverage > 0 then rank() over (order by m.coverage desc nulls last) end as by_words
    from measured m
  ),
  -- A place says nothing of distance, and in a small clinic every passage has a good one in both orders: a place counts for as much
  -- as what it was given for.
  scored as (
    select r.*, 1 - (1 - coalesce(r.similarity, 0)) * (1 - coalesce(r.coverage, 0)) as score,
      coalesce(r.similarity / (60 + r.by_vector), 0) + coalesce(r.coverage / (60 + r.by_words), 0) as fused
    from ranked r
  ),
  -- The most that a piece may reach that is no candidate: as near as the last of the nearest (an index may have passed nearer ones
  -- over), with more of the rarer words than no other, and with every word that stands nearly everywhere. How rare those are, a
  -- sample says, which is trusted to the half: ln 2.
  beyond as (
    select 1 - (1 - n.similarity) * (1 - coalesce(max((least(h.weight, w.rare) + w.common) / (w.rare + w.common)), 0)) as score
    from (
      select case
          when count(*) < p_near then 0
          when to_regclass('public.' || app.knowledge_index_name(v_org_id, p_model, extensions.vector_dims(p_embedding))) is not null then 1
          else min(x.similarity)
        end as similarity
      from near x) n
    cross join (
      select coalesce((select x.weight from hits x order by x.weight desc offset p_near limit 1), 0) as weight) h
    left join (
      select coalesce(sum(x.weight) filter (where x.chunk_ids is not null), 0) as rare,
        coalesce(sum(x.weight + ln(2)) filter (where x.chunk_ids is null), 0) as common
      from words x
      group by x.text_config) w on true
    group by n.similarity
  )
  select c.id, c.document_id, d.filename, d.category, c.page, c.headings, c.body, s.score::real, s.similarity, coalesce(s.coverage, 0)::real
  from (
    (select x.id, x.similarity, x.coverage, x.score, x.fused
    from scored x
    where x.score >= p_min_score
    order by x.fused desc, x.score desc, x.similarity desc, x.id
    limit p_limit)
    union all
    select null, null, null, b.score, -1 from beyond b where p_near is not null
  ) s
  left join public.knowledge_chunks c on c.org_id = v_org_id and c.id = s.id
  left join public.knowledge_documents d on d.org_id = v_org_id and d.id = c.document_id
  order by s.fused desc, s.score desc, s.similarity desc, s.id;
end
$$;

comment on function app.rank_knowledge(text, text, extensions.vector, integer, real, integer, integer) is
  'One look for the passages of app.match_knowledge, which see. p_near: how many of the nearest, and how many of those with most of the rarer words, are compared; p_most: a word that stands in more pieces than that brings none, and counts for pieces that others bring. NULL for both: all pieces are compared. Where not all are, the last row has no piece, and as its score one that none of the others exceeds.';

select app.seal('app.rank_knowledge(text, text, extensions.vector, integer, real, integer, integer)', null, 'app_writer');
