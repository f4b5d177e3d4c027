create or replace function app.apply_retention(p_limit integer)
returns bigint
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org public.organizations;
  v_now timestamptz := app.now();
  v_words integer := 0;
  v_messages integer := 0;
  v_leftovers integer;
  v_recordings bigint;
begin
  select * into strict v_org from public.organizations o where o.id = app.require_org_id();
  if v_org.keep_transcripts_for is not null then
    v_words := app.expire_words(v_now - v_org.keep_transcripts_for, p_limit);
  end if;
  if v_org.keep_messages_for is not null then
    v_messages := app.expire_messages(v_now - v_org.keep_messages_for, p_limit);
  end if;
  v_leftovers := app.expire_leftovers(p_limit);
  v_recordings := app.expire_recordings(p_limit);
  insert into public.audit_log (org_id, action, entity, entity_id, affected)
  select v_org.id, e.action, 'organization', v_org.id, e.rows
  from (values ('words_expired', v_words), ('messages_expired', v_messages), ('leftovers_expired', v_leftovers)) e (action, rows)
  where e.rows > 0;
  return v_words + v_messages + v_leftovers + v_recordings;
end
$$;

comment on function app.apply_retention(integer) is
  'Lets go what the organisation keeps no longer, p_limit of each kind at most: the words of calls (keep_transcripts_for), of messages (keep_messages_for) and recordings (keep_recordings_for: jobs delete the files). What is remembered of callers is read from the calls, and needs nothing. Notifications and files of replaced documents go from every organisation (app.expire_leftovers). Each kind that went leaves a row in the audit log, with how many, in the same transaction: what was let go and what is written fit, whenever a job dies. Rows that somebody holds are left for the next time. Returns how many went; 0: done for now.';

select app.seal('app.apply_retention(integer)', 'app_writer', 'tenant_service');
