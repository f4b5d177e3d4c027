-- The clinic's index is of a model that it has no more.
create index knowledge_near_of_before on public.knowledge_vectors
  using hnsw ((embedding::extensions.halfvec(2)) extensions.halfvec_cosine_ops) where model = 'm0' and extensions.vector_dims(embedding) = 2;
