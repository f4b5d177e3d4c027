create or replace function app.knowledge_index_name(p_org_id uuid, p_model text, p_dimensions integer)
returns text
language sql
immutable
parallel safe
set search_path = ''
as $$
  select 'knowledge_near_' || md5(concat_ws(' ', p_org_id, p_dimensions, p_model))
$$;

comment on function app.knowledge_index_name(uuid, text, integer) is
  'What the index over one tenant''s vectors of a model is called, which a DBA makes when the tenant has outgrown exact search, see sql/verify/knowledge.sql.';

select app.seal('app.knowledge_index_name(uuid, text, integer)', null, 'app_writer');
