-- What callers of `make bench` ask: each of the forty clinics of clinics.sql gets the pieces of bench.pieces as one document with
-- the vectors that the service makes by itself. Run once as the owner, after clinics.sql.
update public.organizations set knowledge_model = 'voxanne-lexical-1' where slug ~ '^bench-[0-9]+$';
insert into public.knowledge_documents (org_id, filename, checksum, latest_version)
select o.id, 'leaflets.txt', sha256('leaflets'), 1 from public.organizations o where o.slug ~ '^bench-[0-9]+$';
insert into public.knowledge_versions (org_id, document_id, version, kind, size_bytes, state, chunks_total, chunks_done)
select d.org_id, d.id, 1, 'txt', 1, 'ready', p.pieces, p.pieces
from public.knowledge_documents d, (select count(*) as pieces from bench.pieces) p
where d.filename = 'leaflets.txt';
update public.knowledge_documents d
set current_version_id = v.id
from public.knowledge_versions v
where v.org_id = d.org_id and v.document_id = d.id and d.filename = 'leaflets.txt';
insert into public.knowledge_chunks (org_id, document_id, version_id, position, body, tokens, text_config, tsv)
select d.org_id, d.id, d.current_version_id, p.n, p.body, 40, 'english', strip(to_tsvector('english', p.body))
from public.knowledge_documents d, bench.pieces p
where d.filename = 'leaflets.txt';
insert into public.knowledge_vectors (org_id, chunk_id, version_id, model, embedding)
select c.org_id, c.id, c.version_id, 'voxanne-lexical-1', p.embedding::extensions.halfvec
from public.knowledge_chunks c
join bench.pieces p on p.n = c.position
join public.knowledge_documents d on d.org_id = c.org_id and d.id = c.document_id and d.filename = 'leaflets.txt';

-- pgbench reads its questions as a caller's transaction does.
grant usage on schema bench to tenant_service;
grant select on bench.questions to tenant_service;

-- Planners know nothing of tables filled a moment ago. Vectors themselves are not looked at: that takes longer than all else.
analyze public.organizations, public.knowledge_documents, public.knowledge_versions, public.knowledge_chunks,
  public.knowledge_vectors (org_id, chunk_id, version_id, model);
