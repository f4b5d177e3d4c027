create or replace function app.note_message_codes(
  p_message_id uuid,
  p_code_subjects uuid[],
  p_code_versions integer[]
)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org uuid := app.require_org_id();
begin
  update public.messages m
  set code_subjects = p_code_subjects, code_versions = p_code_versions, updated_at = app.now()
  where m.org_id = v_org and m.id = p_message_id and m.direction = 'outbound' and m.code_subjects = '{}';
  if not found then
    raise exception 'no message of this clinic that lacks its codes' using errcode = 'VX404';
  end if;
end
$$;

comment on function app.note_message_codes(uuid, uuid[], integer[]) is
  'Notes whose codes the [code] placeholders of a message stand for, in their order, so that the text that was sent can be derived again when the provider is asked for it. Once per message; VX404 where there is none or it has its codes.';

select app.seal('app.note_message_codes(uuid, uuid[], integer[])', 'app_writer', 'tenant_service');
