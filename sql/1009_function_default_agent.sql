-- A dashboard that knows one agent per role saves "the inbound agent" without an id. Two such saves at once must not
-- make two of them: where there is none, the second waits until the first has made it.
create or replace function app.default_agent(p_role text)
returns uuid
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_id uuid;
begin
  perform app.require_admin();
  for v_try in 1..2 loop
    select a.id into v_id
    from public.agents a
    where a.org_id = v_org_id and a.role = p_role and a.deleted_at is null
    order by a.is_default desc, a.created_at, a.id
    limit 1;
    exit when v_id is not null or v_try = 2;
    perform pg_advisory_xact_lock(7, hashtext(v_org_id::text || p_role));
  end loop;
  return v_id;
end
$$;

comment on function app.default_agent(text) is
  'The agent that a save without an id means: the role''s default, else its oldest; owners and admins only (VX403). NULL: the role has none, and nobody else who asks learns so before this transaction ends.';

select app.seal('app.default_agent(text)', 'app_writer', 'tenant_user');
