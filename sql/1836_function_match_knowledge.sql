-- Exact on purpose: one index of vectors for all tenants answers a small tenant's question with nothing where a large one has
-- the nearer rows (docs/decisions/0025 has the figures, and the plan for a tenant that outgrows this). mine is materialised, so
-- that no plan begins anywhere but with the tenant's own pieces.
create or replace function app.match_knowledge(
  p_question text,
  p_model text default null,
  p_embedding extensions.vector default null,
  p_limit integer default 5,
  p_min_score real default null
)
returns setof app.knowledge_match
language sql
stable
security definer
set search_path = ''
as $$
  with mine as materialized (
    select c.id, c.text_config, strip(c.tsv) as tsv, -- read once, not for every word
      case when w.chunk_id is not null then greatest(0, 1 - (w.embedding operator(extensions.<=>) p_embedding)) end as similarity
    from public.knowledge_documents d
    join public.knowledge_chunks c on c.org_id = d.org_id and c.version_id = d.current_version_id
    left join public.knowledge_vectors w on w.org_id = c.org_id and w.chunk_id = c.id and w.model = p_model
      and extensions.vector_dims(w.embedding) = extensions.vector_dims(p_embedding)
    where d.org_id = app.require_org_id() and d.active and d.deleted_at is null
  ),
  sizes as (
    select m.text_config, count(*) as pieces from mine m group by m.text_config
  ),
  words as materialized (
    select s.text_config, s.pieces, t.lexeme,
      ('''' || replace(replace(t.lexeme, '\', '\\'), '''', '''''') || '''')::tsquery as query
    from sizes s
    cross join lateral unnest(to_tsvector(s.text_config::regconfig, app.fold_text(left(p_question, 1000)))) t
  ),
  hits as materialized (
    select m.id, m.text_config, w.lexeme
    from mine m
    join words w on w.text_config = m.text_config and m.tsv @@ w.query
  ),
  -- A word that stands in few pieces says much; one that stands in none says most: nobody wrote about it.
  weights as materialized (
    select w.text_config, w.lexeme, ln(1 + w.pieces / (count(h.id) + 0.5)) as weight
    from words w
    left join hits h on h.text_config = w.text_config and h.lexeme = w.lexeme
    group by w.text_config, w.lexeme, w.pieces
  ),
  totals as (
    select g.text_config, sum(g.weight) as weight from weights g group by g.text_config
  ),
  covered as (
    select h.id, sum(g.weight) / max(t.weight) as coverage
    from hits h
    join weights g on g.text_config = h.text_config and g.lexeme = h.lexeme
    join totals t on t.text_config = h.text_config
    group by h.id
  ),
  ranked as (
    select m.id, m.similarity, coalesce(c.coverage, 0) as coverage,
      case when m.similarity is not null then rank() over (order by m.similarity desc nulls last) end as by_vector,
      case when c.id is not null then rank() over (order by c.coverage desc nulls last) end as by_words
    from mine m
    left join covered c on c.id = m.id
  ),
  -- A place says nothing of distance, and in a small clinic every passage has a good one in both orders: a place counts for as much
  -- as what it was given for.
  scored as (
    select r.*, 1 - (1 - coalesce(r.similarity, 0)) * (1 - r.coverage) as score,
      coalesce(r.similarity / (60 + r.by_vector), 0) + coalesce(r.coverage / (60 + r.by_words), 0) as fused
    from ranked r
  )
  select c.id, c.document_id, d.filename, d.category, c.page, c.headings, c.body, s.score::real, s.similarity::real, s.coverage::real
  from (
    select * from scored x where x.score >= coalesce(p_min_score, 0.3) order by x.fused desc, x.score desc, x.similarity desc, x.id limit p_limit
  ) s
  join public.knowledge_chunks c on c.org_id = app.require_org_id() and c.id = s.id
  join public.knowledge_documents d on d.org_id = c.org_id and d.id = c.document_id
  order by s.fused desc, s.score desc, s.similarity desc, s.id
$$;

comment on function app.match_knowledge(text, text, extensions.vector, integer, real) is
  'The passages of the tenant''s active documents, in their current versions only, that answer a question best: the p_limit best of all that reach p_min_score (0 to 1; NULL: 0.3, below which callers are told that the documents do not say), by reciprocal rank fusion of two orders, by vector and by words, each place weighed by the nearness that it was given for. p_embedding is the question''s vector by p_model, and compared with vectors of that model alone; NULL for either: by words alone. No rows: the documents do not say.';

select app.seal('app.match_knowledge(text, text, extensions.vector, integer, real)', 'app_writer', 'tenant_user', 'tenant_service');
