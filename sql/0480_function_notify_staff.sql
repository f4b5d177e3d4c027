create or replace function app.notify_staff(p_kind text, p_title text, p_entity text, p_entity_id uuid)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_id uuid;
begin
  insert into public.notifications (org_id, kind, title, entity, entity_id)
  values (app.require_org_id(), p_kind, p_title, p_entity, p_entity_id)
  returning id into v_id;
  perform app.announce('notification', 'notification', v_id);
end
$$;

comment on function app.notify_staff(text, text, text, uuid) is
  'Puts a notification before the clinic''s staff. The title names no person: it points at the entity that does.';

select app.seal('app.notify_staff(text, text, text, uuid)', null, 'app_writer');
