create or replace function app.orgs_with_knowledge()
returns setof uuid
language sql
stable
security definer
set search_path = ''
as $$
  select o.id from public.organizations o where o.knowledge_model is not null and o.deleted_at is null order by o.id
$$;

comment on function app.orgs_with_knowledge() is
  'The organisations, of all, that have documents with vectors: where a new model, or a process that still used the old one, may have left some to make.';

select app.seal('app.orgs_with_knowledge()', 'app_definer', 'voxanne_login');
