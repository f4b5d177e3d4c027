-- What a clinic's rows need to leave one installation and arrive in another.

-- +goose Up
-- +goose StatementBegin
create type app.archive_exclusion as (
  table_name text,
  column_name text,
  reason text
);
comment on type app.archive_exclusion is
  'What the archive of a clinic leaves out, and why. column_name: NULL is the whole table.';

create type app.tenant_table as (
  name text,
  place integer,
  org_column text,
  columns text[],
  key text[],
  excuse text
);
comment on type app.tenant_table is
  'A table whose rows belong to clinics. place: rows of a higher one may name rows of a lower one. columns: what of a row an archive holds. key: the primary key, by which rows are sorted. excuse: why an archive does without the table; NULL: it holds it.';

create type app.archive_head as (
  org_id uuid,
  slug text,
  schema_version bigint,
  at timestamptz
);
comment on type app.archive_head is
  'Of which clinic an archive is, under which schema its rows are written, and when the clinic was like that.';

create type app.import_outcome as (
  members_joined integer,
  members_invited integer,
  members_elsewhere integer,
  messages_held integer,
  calls_cancelled integer,
  campaigns_stopped integer
);
comment on type app.import_outcome is
  'What an import did besides storing rows. members_elsewhere: people who belong to another clinic here and were left there. messages_held: texts and e-mails that waited, to be sent by nobody now.';
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
drop type app.import_outcome;
drop type app.archive_head;
drop type app.tenant_table;
drop type app.archive_exclusion;
-- +goose StatementEnd
