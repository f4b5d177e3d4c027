-- What erasure and retention must know to be whole: earlier numbers of a contact, which calls asked a question, how many
-- rows an entry of the audit log is about.

-- +goose Up
-- +goose StatementBegin
alter table public.contacts
  add column former_phones text[] not null default '{}' check (cardinality(former_phones) <= 50);
comment on column public.contacts.former_phones is
  'Numbers (E.164) of contacts that were merged into this one: what came from them without a contact is erased with it.';

alter table public.knowledge_gaps
  add column call_ids uuid[] not null default '{}' check (cardinality(call_ids) <= 50);
update public.knowledge_gaps set call_ids = array[last_call_id] where last_call_id is not null;
comment on column public.knowledge_gaps.call_ids is
  'The latest fifty calls that asked: a question that only erased or deleted calls asked goes with them.';
create index knowledge_gaps_calls on public.knowledge_gaps using gin (org_id, call_ids);
comment on index public.knowledge_gaps_calls is 'forget_gaps: what a call asked.';
create index knowledge_gaps_asked on public.knowledge_gaps (org_id, last_asked_at);
comment on index public.knowledge_gaps_asked is 'expire_words: questions that nobody asked for long.';

alter table public.audit_log add column affected integer check (affected > 0);
comment on column public.audit_log.affected is 'How many rows it was about, where that is not one.';
-- In a block, because sqlc takes a row type for a table; it reads this one in queries/_rowtypes.sql.
do $$ begin
  alter type app.audit_row add attribute affected integer;
end $$;
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
do $$ begin
  alter type app.audit_row drop attribute affected;
end $$;
alter table public.audit_log drop column affected;
drop index public.knowledge_gaps_asked;
drop index public.knowledge_gaps_calls;
alter table public.knowledge_gaps drop column call_ids;
alter table public.contacts drop column former_phones;
-- +goose StatementEnd
