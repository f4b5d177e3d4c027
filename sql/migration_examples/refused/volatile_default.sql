-- refused: a volatile default
set local lock_timeout = '5s';
alter table public.contacts add column seen_at timestamptz not null default app.now();
