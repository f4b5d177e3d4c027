-- No index lies over the vectors of all tenants: it answers a small tenant's question with nothing where a large one has the nearer
-- rows (docs/decisions/0025 has the figures).
create or replace function app.match_knowledge(
  p_question text,
  p_model text default null,
  p_embedding extensions.vector default null,
  p_limit integer default 5,
  p_min_score real default null
)
returns setof app.knowledge_match
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  c_all constant integer := 2000; -- so many pieces are all compared within some 20 ms
  v_org_id uuid := app.require_org_id();
  v_min_score real := coalesce(p_min_score, 0.3);
  v_pieces bigint;
  v_found app.knowledge_match[];
begin
  select sum(v.chunks_total) into v_pieces
  from public.knowledge_documents d
  join public.knowledge_versions v on v.org_id = v_org_id and v.id = d.current_version_id
  where d.org_id = v_org_id and d.active and d.deleted_at is null;
  if v_pieces > c_all then
    v_found := array(
      select m from app.rank_knowledge(p_question, p_model, p_embedding, p_limit, v_min_score, greatest(200, p_limit), c_all) m);
    -- The last row says what none of the others exceeds; reals are rounded.
    if cardinality(v_found) > p_limit or v_found[cardinality(v_found)].score < v_min_score - 0.0001 then
      return query select f.* from unnest(v_found) f where f.chunk_id is not null;
      return;
    end if;
  end if;
  -- Others may reach it, too.
  return query select * from app.rank_knowledge(p_question, p_model, p_embedding, p_limit, v_min_score);
end
$$;

comment on function app.match_knowledge(text, text, extensions.vector, integer, real) is
  'The passages of the tenant''s active documents, in their current versions only, that answer a question best: the p_limit best of all that reach p_min_score (0 to 1; NULL: 0.3, below which callers are told that the documents do not say), by reciprocal rank fusion of two orders, by vector and by words, each place weighed by the nearness that it was given for. p_embedding is the question''s vector by p_model, and compared with vectors of that model alone; NULL for either: by words alone. Of a tenant with more than 2000 pieces the likely ones are compared first, and all where too few of those reach it and others may. No rows: the documents do not say.';

select app.seal('app.match_knowledge(text, text, extensions.vector, integer, real)', 'app_writer', 'tenant_user', 'tenant_service');
