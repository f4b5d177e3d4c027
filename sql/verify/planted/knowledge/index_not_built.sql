-- Somebody broke "create index concurrently" off.
create index knowledge_near_broken_off on public.knowledge_vectors
  using hnsw ((embedding::extensions.halfvec(2)) extensions.halfvec_cosine_ops) where model = 'm1' and extensions.vector_dims(embedding) = 2;
update pg_index set indisvalid = false where indexrelid = 'public.knowledge_near_broken_off'::regclass;
