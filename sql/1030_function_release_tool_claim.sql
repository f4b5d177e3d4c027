create or replace function app.release_tool_claim(p_name text, p_claim_id uuid)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  update public.vapi_tools t
  set claim_id = null, claimed_until = null
  where t.name = p_name and t.claim_id = p_claim_id;
end
$$;

comment on function app.release_tool_claim(text, uuid) is
  'Gives a claim back after a registration that surely did not happen, so that the next try need not wait.';

select app.seal('app.release_tool_claim(text, uuid)', 'app_definer', 'voxanne_login');
