-- What keeps the dashboard's lists, totals and searches fast, see docs/decisions/0015-lists-and-counts.md.
-- Indexes named …_counted have columns with few values only: PostgreSQL stores such keys once, so that fifty thousand rows are
-- some forty pages, and a total with any of those filters is counted from them without looking at a row.

-- +goose Up
-- +goose StatementBegin
create extension if not exists pg_trgm schema extensions;
create extension if not exists btree_gin schema extensions;
-- +goose StatementEnd

-- +goose StatementBegin
-- As in 00001: another database of the cluster may be migrated at the same moment.
do $$
declare
  v_attempt integer;
begin
  if to_regrole('app_searcher') is null then
    begin
      create role app_searcher nologin noinherit;
    exception when duplicate_object or unique_violation then
      null;
    end;
  end if;
  for v_attempt in 1..20 loop
    begin
      if not pg_has_role(current_user, 'app_searcher', 'usage') then
        execute format('grant app_searcher to %I', current_user);
      end if;
      exit;
    exception when unique_violation or internal_error or duplicate_object then
      if v_attempt = 20 then
        raise;
      end if;
      perform pg_sleep(0.05);
    end;
  end loop;
end
$$;
grant usage on schema app, public, extensions to app_searcher;
-- +goose StatementEnd

-- +goose StatementBegin
create index contacts_counted on public.contacts (org_id, erased_at, lead_status, source);
comment on index public.contacts_counted is 'list_contacts, contact_stats and call_stats: totals.';
create index contacts_came on public.contacts (org_id, created_at, id) where erased_at is null;
comment on index public.contacts_came is 'list_contacts by the time they came; contact_stats: new today.';
create index contacts_named on public.contacts (org_id, name, id) where erased_at is null;
comment on index public.contacts_named is 'list_contacts by name.';
create index contacts_scored on public.contacts (org_id, lead_score, id) where erased_at is null;
comment on index public.contacts_scored is 'list_contacts by score.';
create index contacts_hot on public.contacts (org_id, lead_status, lead_score desc, last_contacted_at desc nulls last, id)
  where lead_status in ('hot', 'warm') and erased_at is null;
comment on index public.contacts_hot is 'list_leads.';
create index contacts_searched on public.contacts using gin (org_id, search_text extensions.gin_trgm_ops) with (fastupdate = off);
comment on index public.contacts_searched is 'found_ids. Without fastupdate: or one unlucky call in many would wait for the list of pending entries to be sorted in.';
create index patients_searched on public.patients using gin (org_id, lower(name) extensions.gin_trgm_ops) with (fastupdate = off);
comment on index public.patients_searched is 'found_ids.';

create index appointments_counted on public.appointments (org_id, status, resource_id, service_id);
comment on index public.appointments_counted is 'list_appointments: totals.';

create index call_logs_counted on public.call_logs (org_id, direction, status, outcome, ended_reason, deleted_at);
comment on index public.call_logs_counted is 'list_calls and call_stats: totals.';
create index call_logs_deleted on public.call_logs (org_id, began_at) where deleted_at is not null;
comment on index public.call_logs_deleted is 'call_stats: what began lately and was deleted since.';
create index call_logs_lasted on public.call_logs (org_id, status, duration_seconds);
comment on index public.call_logs_lasted is 'call_stats: the average.';
create index call_logs_searched on public.call_logs
  using gin (org_id, (case direction when 'outbound' then to_number else from_number end) extensions.gin_trgm_ops) with (fastupdate = off);
comment on index public.call_logs_searched is 'found_ids: by the number of the other side.';

create index messages_counted on public.messages (org_id, direction, method, category, status);
comment on index public.messages_counted is 'list_messages: totals.';
create index messages_searched on public.messages
  using gin (org_id, lower(recipient || ' ' || coalesce(subject || ' ', '') || content) extensions.gin_trgm_ops) with (fastupdate = off);
comment on index public.messages_searched is 'found_ids.';
drop index public.messages_recent; -- messages_page begins with the same columns

create index notifications_page on public.notifications (org_id, created_at, id);
comment on index public.notifications_page is 'list_notifications: a page from the index alone.';
create index notifications_counted on public.notifications (org_id, kind);
comment on index public.notifications_counted is 'list_notifications: totals.';
drop index public.notifications_recent;

create index booking_attempts_page on public.booking_attempts (org_id, at, id);
comment on index public.booking_attempts_page is 'list_booking_attempts: a page from the index alone.';
create index booking_attempts_counted on public.booking_attempts (org_id, kind, outcome, reason);
comment on index public.booking_attempts_counted is 'list_booking_attempts: totals.';
drop index public.booking_attempts_at;

create index audit_log_page on public.audit_log (org_id, at, id);
comment on index public.audit_log_page is 'list_audit_log: a page from the index alone.';
create index audit_log_counted on public.audit_log (org_id, action, entity, actor_user_id);
comment on index public.audit_log_counted is 'list_audit_log: totals.';
create index audit_log_entity on public.audit_log (org_id, entity_id);
comment on index public.audit_log_entity is 'list_audit_log of one thing.';
drop index public.audit_log_at;

create type app.page_span as (
  from_end boolean,
  skip bigint,
  take bigint
);
comment on type app.page_span is 'Where a page is read: this many rows after skip others, counted from the end of the list where from_end.';
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
drop type app.page_span;
create index audit_log_at on public.audit_log (org_id, at);
comment on index public.audit_log_at is 'The log of a period.';
create index booking_attempts_at on public.booking_attempts (org_id, at);
comment on index public.booking_attempts_at is 'Recent attempts, and the day''s holds.';
create index notifications_recent on public.notifications (org_id, created_at);
comment on index public.notifications_recent is 'The newest notifications, and the unread ones.';
create index messages_recent on public.messages (org_id, created_at);
comment on index public.messages_recent is 'The audit view: what went out in a period.';
drop index public.audit_log_entity;
drop index public.audit_log_counted;
drop index public.audit_log_page;
drop index public.booking_attempts_counted;
drop index public.booking_attempts_page;
drop index public.notifications_counted;
drop index public.notifications_page;
drop index public.messages_searched;
drop index public.messages_counted;
drop index public.call_logs_searched;
drop index public.call_logs_lasted;
drop index public.call_logs_deleted;
drop index public.call_logs_counted;
drop index public.appointments_counted;
drop index public.patients_searched;
drop index public.contacts_searched;
drop index public.contacts_hot;
drop index public.contacts_scored;
drop index public.contacts_named;
drop index public.contacts_came;
drop index public.contacts_counted;
revoke usage on schema app, public, extensions from app_searcher;
-- +goose StatementEnd
