-- A tenant's vectors are compared one by one, unless a DBA made an index for this tenant and model alone, as sql/verify/knowledge.sql
-- says. Conditions with the tenant written out are what lets PostgreSQL use it; where it is not valid, the same query compares all.
create or replace function app.knowledge_near(p_versions uuid[], p_model text, p_embedding extensions.vector, p_limit integer)
returns setof app.knowledge_nearness
language plpgsql
stable
rows 200
set search_path = ''
set plan_cache_mode = force_generic_plan
set jit = off
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_dimensions integer := extensions.vector_dims(p_embedding);
  v_question extensions.halfvec := p_embedding::extensions.halfvec;
  v_found app.knowledge_nearness[];
begin
  if p_model is null or p_embedding is null then
    return;
  elsif p_limit is not null and to_regclass('public.' || app.knowledge_index_name(v_org_id, p_model, v_dimensions)) is not null then
    -- Pieces that do not answer any more are passed over, and the index goes on until it has p_limit others, or gives up.
    perform set_config('hnsw.ef_search', least(p_limit, 1000)::text, true), set_config('hnsw.iterative_scan', 'relaxed_order', true);
    execute format('
      select array_agg((n.chunk_id, 1 - n.distance)::app.knowledge_nearness)
      from (
        select w.chunk_id, w.embedding::extensions.halfvec(%1$s) operator(extensions.<=>) $1 as distance
        from public.knowledge_vectors w
        where w.org_id = %2$L and w.model = %3$L and extensions.vector_dims(w.embedding) = %1$s and w.version_id = any ($2)
        order by w.embedding::extensions.halfvec(%1$s) operator(extensions.<=>) $1
        limit $3) n', v_dimensions, v_org_id, p_model)
    into v_found using v_question, p_versions, p_limit;
    if cardinality(v_found) >= p_limit then
      return query select f.chunk_id, greatest(0, f.similarity) from unnest(v_found) f;
      return;
    end if;
  end if;
  return query
  select w.chunk_id, greatest(0, 1 - nullif(w.embedding operator(extensions.<=>) v_question, 'NaN'))::real -- NaN: no direction
  from public.knowledge_vectors w
  where w.org_id = v_org_id and w.model = p_model and w.version_id = any (p_versions) and extensions.vector_dims(w.embedding) = v_dimensions
  order by w.embedding operator(extensions.<=>) v_question
  limit p_limit;
end
$$;

comment on function app.knowledge_near(uuid[], text, extensions.vector, integer) is
  'The p_limit pieces of these versions of the tenant whose vectors of p_model lie nearest to p_embedding, NULL for all of them; none for NULL as model or vector. Exact, unless there is an index for this tenant (app.knowledge_index_name): that may pass a near one over, and gives p_limit pieces all the same where there are so many.';

select app.seal('app.knowledge_near(uuid[], text, extensions.vector, integer)', null, 'app_writer');
