create or replace function app.finish_import(p_org_id uuid, p_members text[], p_take_over boolean)
returns app.import_outcome
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_outcome app.import_outcome := app.import_members(p_org_id, p_members);
  v_held app.import_outcome := app.hold_imported_messages(p_org_id, p_take_over);
begin
  -- Another clinic's file would be played to this one's staff.
  if exists (
    select from public.recordings r
    where r.org_id = p_org_id and r.storage_key not like 'recordings/' || p_org_id || '/%'
  ) then
    raise exception 'a recording lies where this organisation''s do not' using errcode = 'VX400';
  end if;
  -- The address of a recording that was not copied yet is a secret that archives do without: nobody can fetch it any more.
  update public.call_logs c
  set recording_state = 'failed', recording_error = 'gone', updated_at = app.now()
  where c.org_id = p_org_id and c.recording_state in ('at_provider', 'copying');
  -- Who tells of a call tells the other installation.
  update public.call_logs c
  set status = 'ended', ended_at = coalesce(c.ended_at, app.now()), ended_reason = coalesce(c.ended_reason, 'imported'), updated_at = app.now()
  where c.org_id = p_org_id and c.status <> 'ended';
  -- Nor does anybody go on with what they hold, and no job here lets go of it.
  delete from public.appointments a
  where a.org_id = p_org_id and a.status = 'held';
  -- No job here works on a document that was being read there.
  update public.knowledge_versions v
  set state = 'failed', error = 'trouble', finished_at = app.now(), updated_at = app.now()
  where v.org_id = p_org_id and v.state in ('waiting', 'reading', 'embedding');
  begin
    set constraints all immediate;
  exception
    when foreign_key_violation then
      raise exception 'rows name others that are not in the archive' using errcode = 'VX400';
  end;
  insert into public.audit_log (org_id, action, entity, entity_id) values (p_org_id, 'org_imported', 'organization', p_org_id);
  perform set_config('request.jwt.claims', '', true);
  v_outcome.messages_held := v_held.messages_held;
  v_outcome.calls_cancelled := v_held.calls_cancelled;
  v_outcome.campaigns_stopped := v_held.campaigns_stopped;
  return v_outcome;
end
$$;

comment on function app.finish_import(uuid, text[], boolean) is
  'Ends what app.begin_import began, when all rows are stored: members (app.import_members), calls with their holds, recordings and documents that were under way there, what would be sent by itself (app.hold_imported_messages), the audit log. VX400: a foreign key does not hold, or a recording''s file would be another clinic''s. For the owner of the database.';

select app.seal('app.finish_import(uuid, text[], boolean)', null);
