insert into pg_temp.findings
with settings as (
  select coalesce(nullif(current_setting('verify.outgrown', true), '')::bigint, 50000) as outgrown
),
clinics as (
  select o.id, o.knowledge_model as model, f.dimensions, app.knowledge_index_name(o.id, o.knowledge_model, f.dimensions) as index_name, (
      select coalesce(sum(v.chunks_total), 0)
      from public.knowledge_documents d
      join public.knowledge_versions v on v.org_id = d.org_id and v.id = d.current_version_id
      where d.org_id = o.id and d.deleted_at is null) as pieces
  from public.organizations o
  cross join lateral (
    select extensions.vector_dims(w.embedding) as dimensions
    from public.knowledge_vectors w
    where w.org_id = o.id and w.model = o.knowledge_model
    limit 1) f
),
indexes as (
  select c.relname::text as index_name, i.indisvalid
  from pg_index i
  join pg_class c on c.oid = i.indexrelid
  where i.indrelid = 'public.knowledge_vectors'::regclass and c.relname like 'knowledge\_near\_%'
)
-- outgrown: callers wait for so many vectors to be compared.
select 'outgrown', 'warning', format('org %s', c.id),
  format('%s pieces are compared one by one while a caller waits', c.pieces),
  format('create index concurrently %I on public.knowledge_vectors using hnsw ((embedding::extensions.halfvec(%s)) extensions.halfvec_cosine_ops) where org_id = %L and model = %L and extensions.vector_dims(embedding) = %s; with maintenance_work_mem for all of it, some 3 kB a piece',
    c.index_name, c.dimensions, c.id, c.model, c.dimensions)
from clinics c
where c.pieces > (select s.outgrown from settings s) and c.dimensions <= 4000 -- longer ones no index takes
  and not exists (select from indexes i where i.index_name = c.index_name)

union all
-- index_of_nothing: it costs every piece that is written, and answers nobody: the clinic shrank, or has another model.
select 'index_of_nothing', 'warning', i.index_name::text,
  'it costs every piece that is written and answers nobody',
  format('drop index concurrently public.%I', i.index_name)
from indexes i
where not exists (select from clinics c where c.index_name = i.index_name and c.pieces > (select s.outgrown from settings s) / 2)

union all
-- index_not_built: it was broken off, and answers nobody.
select 'index_not_built', 'error', i.index_name::text,
  'making it was broken off: it answers nobody',
  format('drop index concurrently public.%I, and make it again', i.index_name)
from indexes i
where not i.indisvalid

union all
-- answers_partly: a version answers when every piece has its vector.
select 'answers_partly', 'error', format('org %s: version %s', d.org_id, d.current_version_id),
  'pieces of it have no vector',
  'Upload the file again, and find out by what the vectors went: nothing deletes some of a version''s.'
from public.knowledge_documents d
join public.organizations o on o.id = d.org_id
where d.deleted_at is null
  and exists (
    select from public.knowledge_chunks c
    where c.org_id = d.org_id and c.version_id = d.current_version_id
      and not exists (
        select from public.knowledge_vectors w
        where w.org_id = c.org_id and w.chunk_id = c.id and w.version_id = c.version_id and w.model = o.knowledge_model));
