create or replace function app.knowledge_model()
returns text
language sql
stable
security definer
set search_path = ''
as $$
  select o.knowledge_model from public.organizations o where o.id = app.require_org_id()
$$;

comment on function app.knowledge_model() is
  'The model whose vectors answer the tenant''s questions: a question is made a vector by it. NULL: nothing was embedded yet.';

select app.seal('app.knowledge_model()', 'app_writer', 'tenant_user', 'tenant_service');
